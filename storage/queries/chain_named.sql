-- Which reads and writes have these ids, and which writes take one of them back?
SELECT $chain_access FROM data_access
WHERE tenant = {tenant:String} AND status != 'Error' AND data_id IN {data_ids:Array(String)}
LIMIT {rows_max:UInt64}
UNION ALL
SELECT $chain_access FROM data_access
WHERE tenant = {tenant:String} AND status != 'Error' AND compensates IN {data_ids:Array(String)}
LIMIT {rows_max:UInt64}
