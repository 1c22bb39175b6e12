-- What did it decide last?
SELECT ts, agent, action, outcome, confidence, threshold, policy_id, case_id, trace_id, span_id
FROM v1_decisions
WHERE {narrowed} AND {action}
ORDER BY ts DESC
LIMIT 100
