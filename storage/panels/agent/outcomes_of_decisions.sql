-- What does it decide, as time goes on?
SELECT $__timeInterval(ts) AS time, outcome, count() AS decisions
FROM v1_decisions
WHERE {narrowed} AND {action}
GROUP BY time, outcome
ORDER BY time, outcome
LIMIT 20000
