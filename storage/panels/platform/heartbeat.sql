-- How long ago did a process that takes spans say something of itself?
SELECT $__toTime - toDateTime(max(ts)) AS silent_s
FROM v1_platform
WHERE $__timeFilter(ts)
HAVING count() > 0
