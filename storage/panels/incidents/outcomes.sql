-- What became of what agents did, as time goes on?
SELECT $__timeInterval(ts) AS time, type, count() AS outcomes
FROM v1_outcomes
WHERE {timed}
GROUP BY time, type
ORDER BY time, type
LIMIT 20000
