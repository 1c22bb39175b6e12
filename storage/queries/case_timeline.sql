-- What happened in a business case, in order of time, between `since` and `until`.
-- A row for each intent, read, write, decision, effect and outcome. at: UTC; subject: entity.field,
-- action or type; data_id: of reads and writes; about: ids and entities that it refers to; number: the value,
-- the confidence (0 to 1), or the amount in the unit of what it is about.
WITH {tenant:String} AS wanted_tenant, {case:String} AS wanted_case,
    {since:DateTime64(9, 'UTC')} AS from_ts, {until:DateTime64(9, 'UTC')} AS to_ts
SELECT toTimeZone(ts, 'UTC') AS at, * EXCEPT ts
FROM (
    SELECT ts, agent, service, 'intent' AS fact, toString(kind) AS subject, '' AS version,
        '' AS data_id, target AS about, CAST(amount_limit AS Nullable(Float64)) AS number
    FROM intents FINAL
    WHERE tenant = wanted_tenant AND case_id = wanted_case AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    UNION ALL
    SELECT ts, agent, service, toString(access), concat(entity, '.', field), version, data_id,
        arrayFilter(ref -> ref != '', [if(access = 'read', concat(source, ' ', source_kind), compensates)]),
        CAST(value_num AS Nullable(Float64))
    FROM data_access FINAL
    WHERE tenant = wanted_tenant AND case_id = wanted_case AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    UNION ALL
    SELECT ts, agent, service, 'decision', toString(action), '', '',
        arrayFilter(ref -> ref != '', [concat(policy_id, if(policy_id = '', '', ' '), policy_version)]), confidence
    FROM decisions FINAL
    WHERE tenant = wanted_tenant AND case_id = wanted_case AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    UNION ALL
    SELECT ts, agent, service, 'effect', concat(kind, ' ', metric), '', '',
        arrayFilter(ref -> ref != '', [entity, opens, closes]), CAST(delta AS Nullable(Float64))
    FROM effects FINAL
    WHERE tenant = wanted_tenant AND case_id = wanted_case AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    UNION ALL
    SELECT ts, agent, service, 'outcome', toString(type), '', '', target, CAST(amount AS Nullable(Float64))
    FROM outcomes FINAL
    WHERE tenant = wanted_tenant AND case_id = wanted_case AND ts BETWEEN from_ts AND to_ts AND received >= from_ts)
ORDER BY ts
LIMIT {limit:UInt32}
