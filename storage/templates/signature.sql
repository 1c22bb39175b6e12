SELECT tenant, lane, anchor, agents, case_id, first_ts, last_ts, evidence, origin, toBool($raised) AS raised$facts
FROM ($relation)
WHERE ($conditions) AND cityHash64(tenant, lane) % {shards:UInt32} = {shard:UInt32}
ORDER BY tenant, lane, anchor
LIMIT {rows_max:UInt64}
