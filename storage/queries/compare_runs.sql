-- What did each of these runs do, by its steps? Of all agents; where `agent` is not empty, of it and of none that is known.
-- duration_ms from the first beginning to the last end; cost in millionths of USD, 0 unknown; tokens 0 where not recorded;
-- repeated_calls: that have the arguments of an earlier call of the tool; tools: those called, in order of time, calls_max at most.
SELECT trace_id, count() AS steps, countIf(is_call) AS tool_calls, countIf(operation IN $names_model_operations) AS model_calls,
    uniqExactIf(tool, is_call) AS tools_used, countIf(is_call AND status = 'Error') AS failed_calls,
    countIf(is_call AND arguments_hash != 0) - uniqExactIf((tool, arguments_hash), is_call AND arguments_hash != 0) AS repeated_calls,
    (max(toUnixTimestamp64Nano(ts) + duration_ns) - min(toUnixTimestamp64Nano(ts))) / 1e6 AS duration_ms,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, ifNull(sum(cost), 0) * 1e6 AS cost_micro_usd,
    sumIf(result_size_bytes, is_call) AS result_bytes,
    arraySlice(arrayMap(one -> one.3, arraySort(groupArrayIf((ts, span_id, toString(tool)), is_call))), 1, {calls_max:UInt64}) AS tools
FROM (
    SELECT *, operation = 'execute_tool' AND tool != '' AS is_call FROM steps FINAL
    WHERE tenant = {tenant:String} AND toStartOfMinute(ts, 'UTC') IN ($minutes_of_traces) AND trace_id IN {trace_ids:Array(String)}
        AND ({agent:String} = '' OR agent = {agent:String} OR agent_origin IN ('none', 'service')))
GROUP BY trace_id
ORDER BY trace_id
LIMIT {runs_max:UInt64}
