-- How long after its receipt is a span queryable? 99th percentile of the process that is worst, in s.
SELECT process, max(lag_p99_s) AS p99_s
FROM v1_platform
WHERE $__timeFilter(ts)
GROUP BY process
ORDER BY p99_s DESC, process
LIMIT 50
