-- How long does the oldest segment wait to be stored, in s?
SELECT process, argMax(queue_age_s, ts) AS age_s
FROM v1_platform
WHERE $__timeFilter(ts)
GROUP BY process
ORDER BY age_s DESC, process
LIMIT 50
