-- Which version is at work, in steps a second?
SELECT $__timeInterval(ts) AS time, version, count() / $__interval_s AS steps_per_s
FROM v1_steps
WHERE {narrowed} AND {version}
GROUP BY time, version
ORDER BY time, version
LIMIT 20000
