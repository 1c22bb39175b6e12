-- What do agents decide, in decisions a second?
SELECT $__timeInterval(ts) AS time, outcome, count() / $__interval_s AS decisions_per_s
FROM v1_decisions
WHERE {narrowed}
GROUP BY time, outcome
ORDER BY time, outcome
LIMIT 20000
