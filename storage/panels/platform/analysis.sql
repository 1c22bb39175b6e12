-- How far behind are the analyzers? Age of what they know everything until.
SELECT $__toTime - toDateTime(min(ts)) AS behind_s
FROM v1_analysis
WHERE ts >= $__fromTime - 86400
HAVING count() > 0
