-- Which cases do people look at in a week: those of the draw that counts, and those added by hand? agent, action and
-- case_id: empty for all.
SELECT case_id, week, toString(look) AS look, decision_id, toString(agent) AS agent, toString(action) AS action, decided_at,
    trace_id, span_id, confidence, amount, toString(currency) AS currency, toString(agent_version) AS agent_version,
    threshold_version, toString(outcome) AS outcome, u, pi, pi_uniform, of_week, added_by, why
FROM review_cases
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND attempt IN ({attempt:String}, '')
    AND ({agent:String} = '' OR agent = {agent:String}) AND ({action:String} = '' OR action = {action:String})
    AND {case_id:String} IN ('', case_id)
ORDER BY decision_id, look, added_at
LIMIT 1 BY decision_id, look
LIMIT {rows_max:UInt64}
