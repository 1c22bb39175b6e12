-- Which steps did agents take? Durations in ms, cost in USD (NULL: price unknown).
CREATE VIEW IF NOT EXISTS v1_steps $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, parent_span_id, service, agent, agent_version AS version, operation, name,
    tool, model, provider, conversation_id, case_id, work_item_id, status = 'Error' AS failed, error_type,
    duration_ns / 1e6 AS duration_ms, input_tokens, output_tokens, cache_read_tokens, reasoning_tokens,
    cost AS cost_usd, cost_origin, arguments_hash, result_hash
FROM steps FINAL
