-- How long after their end are spans here? Median, 95th and 99th percentile.
SELECT $__timeInterval(ts) AS time, quantile(0.5)(lag_s) AS p50, quantile(0.95)(lag_s) AS p95, quantile(0.99)(lag_s) AS p99
FROM v1_received
WHERE {timed}
GROUP BY time
ORDER BY time
LIMIT 20000
