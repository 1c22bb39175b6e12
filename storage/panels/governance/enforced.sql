-- Is what a check says also done? Each verdict beside what was enforced.
SELECT policy_id, policy_version, verdict, enforced_action, outcome, count() AS decisions, max(ts) AS last
FROM v1_decisions
WHERE {narrowed} AND verdict != ''
GROUP BY policy_id, policy_version, verdict, enforced_action, outcome
ORDER BY decisions DESC, policy_id, verdict
LIMIT 200
