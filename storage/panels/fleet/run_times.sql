-- How long do runs take from end to end? Median, 95th and 99th percentile.
SELECT $__timeInterval(ts) AS time, quantile(0.5)(duration_ms) AS p50, quantile(0.95)(duration_ms) AS p95,
    quantile(0.99)(duration_ms) AS p99
FROM v1_steps
WHERE {narrowed} AND operation = 'invoke_agent'
GROUP BY time
ORDER BY time
LIMIT 20000
