-- What did agents decide, how sure were they, and what was checked and approved? confidence and threshold 0 to
-- 1.
CREATE VIEW IF NOT EXISTS v1_decisions $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, service, agent, action, tool, outcome,
    outcome IN ('escalate', 'review', 'defer', 'abstain') AS escalated, outcome = 'block' AS blocked,
    confidence, confidence_method, threshold, threshold_version, policy_id, policy_version, verdict, enforced_action,
    approval_id, approval_state, approval_source, decision_id, inputs, case_id, intent_id, conversation_id,
    toFloat64(amount) AS amount, currency
FROM decisions FINAL
