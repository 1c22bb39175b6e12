-- How old are inputs at the time of the decision? 95th percentile by kind of source.
SELECT $__timeInterval(ts) AS time, if(source_kind = '', 'not said', source_kind) AS kind, quantile(0.95)(age_s) AS age_p95_s
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime AND age_s IS NOT NULL
GROUP BY time, kind
ORDER BY time, kind
LIMIT 20000
