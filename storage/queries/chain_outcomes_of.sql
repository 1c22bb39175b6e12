-- What became of these targets: spans, writes or entities?
SELECT $chain_outcome
FROM outcomes
WHERE tenant = {tenant:String} AND hasAny(target, {targets:Array(String)})
LIMIT {rows_max:UInt64}
