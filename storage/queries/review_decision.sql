-- What else is known of a decision in a span: how sure and by what, under which limits and policy, and who approved it?
SELECT ts, toString(service) AS service, conversation_id, case_id, intent_id, toString(tool) AS tool, toString(outcome) AS outcome,
    toString(confidence_method) AS confidence_method, inputs, threshold, threshold_version, toString(policy_id) AS policy_id,
    toString(policy_version) AS policy_version, toString(verdict) AS verdict, toString(enforced_action) AS enforced_action,
    approval_id, toString(approval_state) AS approval_state, toString(approval_source) AS approval_source, toString(origin) AS origin
FROM decisions FINAL
WHERE tenant = {tenant:String} AND trace_id = {trace_id:String} AND span_id = {span_id:String}
    AND {decision_id:String} IN (decision_id, concat(trace_id, '/', span_id))
ORDER BY ts
LIMIT 1
