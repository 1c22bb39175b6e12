-- What was decided in these traces?
SELECT $chain_decision
FROM decisions
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
