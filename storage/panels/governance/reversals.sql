-- What was taken back, and how long after it was done?
SELECT undoing.ts AS ts, undoing.agent AS undone_by, done.agent AS agent, done.entity AS entity, done.field AS field,
    toFloat64(undoing.ts) - toFloat64(done.ts) AS after_s, undoing.case_id AS case_id, undoing.trace_id AS trace_id
FROM (
    SELECT tenant, ts, agent, compensates, case_id, trace_id
    FROM v1_accesses
    WHERE {timed} AND compensates != '') AS undoing
INNER JOIN (
    SELECT tenant, data_id, ts, agent, entity, field
    FROM v1_accesses
    WHERE access = 'write' AND ts <= $__toTime AND ts >= $__fromTime - 30 * 86400) AS done
    ON done.tenant = undoing.tenant AND done.data_id = undoing.compensates
ORDER BY ts DESC
LIMIT 100
