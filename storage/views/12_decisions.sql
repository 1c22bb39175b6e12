-- From facts to decisions. Frameworks say what was decided, checked
-- or approved on spans of their own.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_decisions $on_cluster TO decisions$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id, service, agent, conversation_id,
    case_id, intent_id, decision_id, tool, outcome, confidence_method, inputs, amount, currency,
    threshold_version, policy_id, policy_version, verdict, enforced_action, approval_id,
    approval_state, approval_source, threshold,
    multiIf(said_action != '', said_action, operation = 'approve', 'approve_tool',
        choice != '', choice, policy_id != '', 'check_policy', approval_state != '', 'approve_tool', operation) AS action,
    multiIf(said_confidence != '', toFloat64OrNull(said_confidence),
        confidences != '', arrayMin(arrayMap(kv -> kv.2, JSONExtractKeysAndValues(confidences, 'Float64'))),
        answers != '', $least_confidence, NULL) AS confidence,
    if(name = 'wakeline.decision', 'explicit', 'framework') AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT $fact_fields, operation, name,
        $field_decision_id AS decision_id,
        tool,
        $field_action AS said_action,
        $field_decision_outcome AS outcome,
        $field_confidence AS said_confidence,
        $field_confidences AS confidences,
        $field_answers AS answers,
        arrayFirst(c -> c != '', arrayMap(answer -> JSONExtractString(answer, 'choice'),
            if(startsWith(answers, '['), JSONExtractArrayRaw(answers),
                arrayMap(kv -> kv.2, JSONExtractKeysAndValuesRaw(answers))))) AS choice,
        $field_confidence_method AS confidence_method,
        arrayMap(list -> $text_array, [$field_inputs])[1] AS inputs,
        toDecimal64OrNull($field_amount, 4) AS amount,
        $field_currency AS currency,
        multiIf($field_threshold != '', toFloat64OrNull($field_threshold), $field_thresholds != '',
            arrayMax(arrayMap(kv -> kv.2, JSONExtractKeysAndValues($field_thresholds, 'Float64'))), NULL) AS threshold,
        $field_threshold_version AS threshold_version,
        $field_policy_id AS policy_id,
        $field_policy_version AS policy_version,
        $field_verdict AS verdict,
        $field_enforced_action AS enforced_action,
        $field_approval_id AS approval_id,
        $field_approval_state AS approval_state,
        $field_approval_source AS approval_source
    FROM facts$local
    WHERE name = 'wakeline.decision' OR operation IN ('decide', 'run_guardrail')
        OR operation = 'approve' AND tool != '' -- the other spans of an approval are but waits
        OR origin = 'span' AND operation != 'approve' AND (verdict != '' OR approval_state != '' OR said_confidence != ''))
