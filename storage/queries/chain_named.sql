-- Which reads and writes have these ids, and which writes take one of them back?
SELECT $chain_access
FROM data_access
WHERE tenant = {tenant:String} AND status != 'Error'
    AND (data_id IN {data_ids:Array(String)} OR compensates IN {data_ids:Array(String)})
$chain_access_once
LIMIT {rows_max:UInt64}
