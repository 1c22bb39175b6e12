-- What was decided in these traces?
SELECT trace_id, span_id, ts, decision_id, toString(action) AS action_name, toString(agent) AS agent_name, inputs,
    CAST(amount AS Nullable(Float64)) AS amount_value, toString(policy_id) AS policy, toString(policy_version) AS version, case_id
FROM decisions
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
ORDER BY revision DESC
LIMIT 1 BY ts, trace_id, span_id, decision_id, action
LIMIT {rows_max:UInt64}
