-- Which policies were applied, with which verdict?
SELECT concat(policy_id, '@', policy_version) AS policy, verdict, enforced_action, count() AS decisions, max(ts) AS last
FROM v1_decisions
WHERE {narrowed} AND {action} AND policy_id != ''
GROUP BY policy, verdict, enforced_action
ORDER BY decisions DESC, policy
LIMIT 100
