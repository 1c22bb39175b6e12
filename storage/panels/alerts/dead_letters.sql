-- How many requests are set aside because the store refused them?
SELECT process, toFloat64(argMax(dead_letters, ts)) AS letters
FROM v1_platform
WHERE $__timeFilter(ts)
GROUP BY process
ORDER BY letters DESC, process
LIMIT 50
