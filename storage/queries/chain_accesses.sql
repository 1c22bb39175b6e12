-- What did these traces read and write? Those that failed touched nothing.
SELECT $chain_access
FROM data_access
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND status != 'Error'
LIMIT {rows_max:UInt64}
