-- From canonical spans to steps. Arguments are hashed as JSON with sorted keys; the shape leaves out
-- volatile keys, ours and those of tools.yaml, and masks UUIDs, times and long hexadecimal numbers, but
-- never plain numbers.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_to_steps $on_cluster TO steps$local AS
WITH (SELECT argMax(volatile_arguments, generation) FROM tool_settings$local) AS told_volatile
SELECT tenant, received, retention_days, ts, duration_ns, trace_id, span_id, parent_span_id, name,
    service, operation, agent,
    agent_origin, agent = '' OR conversation_id = '' AND parent_span_id != '' AS wants_ancestor, agent_id, agent_version, tool, tool_call_id, model, provider, conversation_id,
    workflow, case_id, work_item_id, intent_id, response_id,
    multiIf(arguments = '', 'none', arguments_cut, 'cut', startsWith(arguments, 'sha256:'), 'hashed',
        notEmpty(members) OR arguments = '{}', 'json', 'text') AS arguments_state,
    if(empty(members), cityHash64(arguments), cityHash64(members)) AS arguments_hash,
    if(empty(members), cityHash64(tool, replaceRegexpAll(arguments, $varying, '#')),
        cityHash64(tool, arrayMap(member -> (member.1, replaceRegexpAll(member.2, $varying, '#')),
            arrayFilter(member -> member.1 NOT IN $names_volatile AND NOT has(told_volatile, member.1), members)))) AS shape_hash,
    multiIf(result = '', 'none', result_cut, 'cut', startsWith(result, 'sha256:'), 'hashed',
        substring(result, 1, 1) IN ('{', '['), 'json', 'text') AS result_state,
    cityHash64(result) AS result_hash,
    least(length(result), 4294967295) AS result_size_bytes,
    if(control_flow != '', 'Ok', status) AS status,
    if(control_flow != '' OR status != 'Error', if(control_flow != '', '', explicit_error), error) AS error_type,
    control_flow, finish_reason,
    if(model_call, in_tokens, 0) AS input_tokens, if(model_call, out_tokens, 0) AS output_tokens,
    if(model_call, read_tokens, 0) AS cache_read_tokens,
    if(model_call, write_tokens, 0) AS cache_write_tokens,
    if(model_call, reason_tokens, 0) AS reasoning_tokens,
    if(model_call, 0, in_tokens + out_tokens) AS rolled_up_tokens,
    multiIf(NOT model_call, NULL, reported != '', toFloat64OrNull(reported), priced, $price, NULL) AS cost,
    multiIf(NOT model_call OR in_tokens + out_tokens = 0 AND reported = '', 'none', reported != '', 'reported',
        priced, 'price_table', 'unknown_model') AS cost_origin,
    progress_done, progress_total,
    if(work_item_id = '' AND case_id = '', 0, cityHash64(tenant, if(work_item_id != '', work_item_id, case_id)))
        AS handoff_lane,
    if(status = 'Error' AND control_flow = '', cityHash64(tenant, service, tool, error), 0) AS error_lane,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT fields.*, price.*, price.model_priced != '' AS priced,
        length(arguments) <= $canonical_bytes_max AS short,
        short AND position(arguments, '{', 2) > 0 AS nested,
        if(nested, coalesce(nullIf(toString(accurateCastOrNull(arguments, 'JSON')), '{}'), arguments), arguments) AS sorted_text,
        if(short AND startsWith(arguments, '{'), arraySort(JSONExtractKeysAndValuesRaw(sorted_text)), []) AS members
    FROM ($step_fields) AS fields
    LEFT ANY JOIN ($current_prices) AS price ON price.model_priced = fields.model_normalised)
