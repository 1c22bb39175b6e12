-- What does it do, how sure, and how often is that left to others?
SELECT action, count() AS decisions, quantileOrNull(0.5)(confidence) AS confidence, avg(escalated) AS escalated,
    avg(blocked) AS blocked, max(ts) AS last
FROM v1_decisions
WHERE {narrowed} AND {action}
GROUP BY action
ORDER BY decisions DESC, action
LIMIT 100
