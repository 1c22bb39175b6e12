-- How long, and how much, waits to be stored?
SELECT $__timeInterval(ts) AS time, max(queue_age_s) AS oldest_s, max(lag_p99_s) AS to_queryable_p99_s
FROM v1_platform
WHERE $__timeFilter(ts)
GROUP BY time
ORDER BY time
LIMIT 20000
