-- Which findings of these signatures say that things still stand of which each was written anew since it was found,
-- the last one in [since, until)?
WITH standing AS (
    SELECT tenant, finding_id, found_at, arrayJoin(things) AS thing
    FROM (
        SELECT tenant, finding_id, found_at, JSONExtract(facts, 'things', 'Array(String)') AS things FROM findings FINAL
        WHERE NOT retracted AND signature IN {of:Array(String)} AND cityHash64(tenant, lane) % {shards:UInt32} = {shard:UInt32})
    WHERE hasAny(things, (
        SELECT groupUniqArray(concat(entity, if(field = '', '', '.'), field)) FROM data_access
        WHERE access = 'write' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})))
SELECT tenant, finding_id, false AS by_evidence
FROM standing LEFT ANY JOIN (
    SELECT tenant, concat(entity, if(field = '', '', '.'), field) AS thing, max(received) AS last_written FROM data_access
    WHERE (SELECT count() FROM standing) > 0 AND access = 'write' AND status != 'Error'
        AND received >= (SELECT min(found_at) FROM standing) AND received < {until:DateTime64(9)}
    GROUP BY tenant, thing) AS written USING (tenant, thing)
GROUP BY tenant, finding_id
HAVING min(last_written >= found_at)
LIMIT {rows_max:UInt64}
