-- On which things were effects without a case received in [since, until), by which runs, and when did the first happen?
SELECT tenant, entity, groupUniqArray(100)(trace_id) AS trace_ids, min(effects.ts) AS earliest FROM effects
WHERE case_id = '' AND entity != '' AND agent != '' AND status != 'Error'
    AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
GROUP BY tenant, entity
LIMIT {rows_max:UInt64}
