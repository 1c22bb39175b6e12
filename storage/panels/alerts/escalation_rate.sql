-- Which share of decisions does each agent leave to others? Of at least 20 decisions.
SELECT agent, avg(escalated) AS share
FROM v1_decisions
WHERE $__timeFilter(ts) AND agent != ''
GROUP BY agent
HAVING count() >= 20
ORDER BY share DESC, agent
LIMIT 200
