-- Which tool calls stand in the traces that received steps in [since, until): of each agent in
-- time, the newest so many? Numbers of which only equality counts. *_so_far: what the agent's model
-- calls had taken in this trace until then, cost in USD. An empty result says nothing of its own.
WITH
    touched AS (
        SELECT tenant, trace_id
        FROM steps
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id
        HAVING cityHash64(tenant, concat('trace:', trace_id)) % {shards:UInt32} = {shard:UInt32}),
    bounds AS (
        SELECT min(began) AS earliest
        FROM touched
        LEFT ANY JOIN (
            SELECT TraceId AS trace_id, toDateTime64(min(Start), 9) AS began
            FROM otel_traces_trace_id_ts
            WHERE TraceId IN (SELECT trace_id FROM touched)
            GROUP BY TraceId) AS traces USING (trace_id)),
    of_lanes AS (
        SELECT *, tool_lane AS lane,
            lagInFrame(progress_done, 1, 0) OVER lane_in_time AS done_before,
            sum(input_tokens + output_tokens) OVER lane_in_time AS tokens_so_far,
            sum(ifNull(cost, 0)) OVER lane_in_time AS cost_so_far
        FROM steps FINAL
        WHERE ts >= (SELECT earliest FROM bounds) AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
        WINDOW lane_in_time AS (PARTITION BY tenant, trace_id, agent ORDER BY ts, span_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
SELECT lane, arguments_state = 'none' AS bare, result_state = 'none' AS no_result,
    if(bare, cityHash64(tool), cityHash64(tool, arguments_hash)) AS token,
    if(bare, cityHash64(tool), shape_hash) AS shape,
    multiIf(no_result, 0, result_size_bytes <= {empty_bytes_max:UInt32}, cityHash64(token, result_hash), result_hash) AS result,
    toUnixTimestamp64Nano(ts) AS ts_ns,
    status = 'Error' AS error,
    match(tool, {poll_names:String}) OR tool IN (
        SELECT tool FROM tool_rules WHERE poll AND generation = (SELECT max(generation) FROM tool_rules)) AS poll,
    progress_done > done_before AS advanced,
    tokens_so_far, cost_so_far, tenant, agent, tool, trace_id, span_id, case_id
FROM of_lanes
WHERE operation = 'execute_tool'
ORDER BY tenant, trace_id, agent, ts DESC, span_id DESC
LIMIT {steps_max:UInt32} BY tenant, trace_id, agent
