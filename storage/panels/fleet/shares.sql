-- How often do agents escalate, block and fail, as time goes on?
SELECT time, sum(escalated) / nullIf(sum(decisions), 0) AS escalated, sum(blocked) / nullIf(sum(decisions), 0) AS blocked,
    sum(failures) / nullIf(sum(steps), 0) AS failed
FROM (
    SELECT $__timeInterval(ts) AS time, countIf(escalated) AS escalated, countIf(blocked) AS blocked,
        count() AS decisions, 0 AS failures, 0 AS steps
    FROM v1_decisions
    WHERE {narrowed}
    GROUP BY time
    UNION ALL
    SELECT $__timeInterval(ts) AS time, 0, 0, 0, countIf(failed), count()
    FROM v1_steps
    WHERE {narrowed}
    GROUP BY time)
GROUP BY time
ORDER BY time
LIMIT 20000
