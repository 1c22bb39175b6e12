-- Which outcomes were recorded in these traces?
SELECT $chain_outcome
FROM outcomes
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
