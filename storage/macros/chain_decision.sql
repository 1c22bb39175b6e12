-- What causal chains need of a decision.
trace_id, span_id, ts, decision_id, action, agent, inputs, amount, policy_id, policy_version, case_id, received, revision
