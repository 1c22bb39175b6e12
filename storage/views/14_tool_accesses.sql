-- From tool calls to data_access, by tools.yaml. A read or write that failed touched nothing.
CREATE MATERIALIZED VIEW IF NOT EXISTS tool_calls_to_accesses $on_cluster TO data_access$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id, service, agent, conversation_id, case_id,
    intent_id, tool, decision_id, status, source, source_kind, reversible, compensated_by,
    entity_text AS entity,
    splitByChar(':', entity_text)[1] AS entity_type,
    field, kind AS access,
    concat(kind, ':', span_id) AS data_id,
    version_said AS version,
    version_prev_said AS version_prev,
    coalesce(parseDateTime64BestEffortOrNull(as_of_said, 9), toDateTime64(0, 9)) AS as_of,
    if((value).root = '', 0, cityHash64(value_said)) AS value_hash,
    toDecimal64OrNull(value_said, 4) AS value_num,
    toDecimal64OrNull(prev_said, 4) AS value_num_prev,
    idempotency_key_said AS idempotency_key,
    compensates_said AS compensates,
    rule_origin AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM ($tool_calls)
WHERE kind IN ('read', 'write') AND entity_whole AND status != 'Error' AND notEmpty(entity_parts)
