-- What every fact says of where it happened.
tenant, received, retention_days, ts, trace_id, span_id, service,
    $field_agent AS agent,
    $field_conversation_id AS conversation_id,
    $field_case_id AS case_id,
    $field_intent_id AS intent_id
