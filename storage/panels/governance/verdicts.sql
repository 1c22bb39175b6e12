-- What do checks say, as time goes on?
SELECT $__timeInterval(ts) AS time, verdict, count() AS decisions
FROM v1_decisions
WHERE {narrowed} AND verdict != ''
GROUP BY time, verdict
ORDER BY time, verdict
LIMIT 20000
