-- Which values were written to the fields that were written to in [since, until), by two agents or more;
-- of each the newest so many, if they repeat themselves at all? token: who wrote which value; shape: the
-- value.
SELECT cityHash64(tenant, entity, field) AS lane, cityHash64(turn.4, turn.5) AS token, turn.5 AS shape, toUnixTimestamp64Nano(turn.1) AS ts_ns,
    turn.6 AS inferred, tenant, turn.4 AS agent, concat(entity, '|', field) AS tool, turn.3 AS trace_id, turn.2 AS span_id, of_case AS case_id
FROM (
    SELECT tenant, entity, field, max(case_id) AS of_case,
        arraySlice(arraySort(groupArray((ts, span_id, trace_id, toString(agent), value_hash, origin = 'inferred'))), -{turns_max:UInt32}) AS turns
    FROM data_access FINAL
    WHERE access = 'write' AND value_hash != 0 AND status != 'Error' AND agent != '' AND received < {until:DateTime64(9)}
        AND (tenant, entity, field) IN (
            SELECT tenant, entity, field FROM data_access
            WHERE access = 'write' AND value_hash != 0 AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})
    GROUP BY tenant, entity, field
    HAVING count() >= 6 AND uniqExact(agent) > 1 AND count() - uniqExact(agent, value_hash) >= 4
        AND cityHash64(tenant, concat('field:', entity, '|', field)) % {shards:UInt32} = {shard:UInt32})
ARRAY JOIN turns AS turn
ORDER BY lane, turn
LIMIT {turns_max:UInt32} BY lane
