-- What do its decisions rest on, and how old is that? Ages at the time of the decision.
SELECT entity_type, field, source, source_kind, count() AS reads, quantileOrNull(0.5)(age_s) AS age_p50_s,
    quantileOrNull(0.95)(age_s) AS age_p95_s, max(age_s) AS age_max_s
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime
GROUP BY entity_type, field, source, source_kind
ORDER BY age_p95_s DESC NULLS LAST, reads DESC
LIMIT 100
