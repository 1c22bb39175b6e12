-- How many approvals are waited for?
SELECT countIf(last = 'pending') AS approvals
FROM (
    SELECT approval_id, argMax(approval_state, ts) AS last
    FROM v1_decisions
    WHERE {narrowed} AND approval_id != ''
    GROUP BY approval_id)
