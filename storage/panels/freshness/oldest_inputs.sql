-- Which decisions rested on the oldest values?
SELECT ts, agent, action, entity, field, version, source, source_kind, age_s, case_id, trace_id, span_id
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime AND age_s IS NOT NULL
ORDER BY age_s DESC
LIMIT 100
