-- Which decision was the first that was made under each version of these policies?
WITH firsts AS (
    SELECT policy_id, policy_version, min(ts) AS first_ts FROM decisions
    WHERE tenant = {tenant:String} AND policy_id IN {policy_ids:Array(String)}
    GROUP BY policy_id, policy_version)
SELECT trace_id, span_id, ts, decision_id, toString(action) AS action_name, toString(agent) AS agent_name, inputs,
    CAST(amount AS Nullable(Float64)) AS amount_value, toString(policy_id) AS policy, toString(policy_version) AS version, case_id
FROM decisions
WHERE tenant = {tenant:String} AND toStartOfHour(ts, 'UTC') IN (SELECT toStartOfHour(first_ts, 'UTC') FROM firsts)
    AND (policy_id, policy_version, ts) IN firsts
ORDER BY revision DESC, trace_id, span_id
LIMIT 1 BY policy_id, policy_version
LIMIT {rows_max:UInt64}
