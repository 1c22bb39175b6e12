-- Which thresholds are in force, by what agents last said?
SELECT agent, action, argMax(v1_decisions.threshold, ts) AS asked_for, argMax(threshold_version, ts) AS version,
    uniqExact(threshold_version) AS versions_used, max(ts) AS last
FROM v1_decisions
WHERE {narrowed} AND v1_decisions.threshold IS NOT NULL
GROUP BY agent, action
ORDER BY versions_used DESC, agent, action
LIMIT 200
