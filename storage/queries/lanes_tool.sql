-- Which tool calls stand in the traces that received steps in [since, until), in the lanes (of one agent
-- each) that call the same twice again; of each lane in time the newest so many? A lane that does not
-- has no loop. Numbers of which only equality counts. *_so_far: what the agent's model calls had taken
-- in this trace until then, cost in USD. An empty result says nothing of its own.
WITH
    touched AS (
        SELECT tenant, trace_id, min(ts) AS touched_ts, max(ts) AS last_ts
        FROM steps
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id
        HAVING cityHash64(tenant, concat('trace:', trace_id)) % {shards:UInt32} = {shard:UInt32}),
    (
        -- Until when, too: of a backlog, whatever came later is stored already. Later ends than 4294880896 the table cannot say.
        SELECT (min(if(began = 0, touched_ts - toIntervalDay(1), toDateTime64(began, 9))),
            max(if(ended IN (0, 4294880896), toDateTime64('2262-01-01 00:00:00', 9), greatest(last_ts, toDateTime64(ended + 1, 9)))))
        FROM touched
        LEFT ANY JOIN (
            SELECT TraceId AS trace_id, toUInt32(min(Start)) AS began, toUInt32(max(End)) AS ended
            FROM otel_traces_trace_id_ts
            WHERE TraceId IN (SELECT trace_id FROM touched)
            GROUP BY TraceId) AS traces USING (trace_id)) AS times,
    repeating AS (
        SELECT tool_lane
        FROM steps
        WHERE ts BETWEEN times.1 AND times.2 AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND operation = 'execute_tool'
        GROUP BY tool_lane
        HAVING count() - least(uniqExact(if(arguments_state = 'none', cityHash64(tool), shape_hash)), uniqExact(cityHash64(tool, arguments_hash))) > 1)
SELECT tool_lane AS lane, arguments_state = 'none' AS bare, result_state = 'none' AS no_result,
    if(bare, cityHash64(tool), cityHash64(tool, arguments_hash)) AS token,
    if(bare, cityHash64(tool), shape_hash) AS shape,
    multiIf(no_result, 0, result_size_bytes <= {empty_bytes_max:UInt32}, cityHash64(token, result_hash), result_hash) AS result,
    toUnixTimestamp64Nano(ts) AS ts_ns,
    status = 'Error' AS error,
    match(tool, {poll_names:String}) OR tool IN (
        SELECT tool FROM tool_rules WHERE poll AND generation = (SELECT max(generation) FROM tool_rules)) AS poll,
    progress_done > done_before AS advanced,
    tokens_so_far, cost_so_far, tenant, agent, tool, trace_id, span_id, case_id
FROM (
    SELECT *, tool_lane,
        ifNull(anyLast(nullIf(progress_done, 0)) OVER (PARTITION BY tool_lane ORDER BY ts, span_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS done_before,
        sum(input_tokens + output_tokens) OVER lane_in_time AS tokens_so_far,
        sum(ifNull(cost, 0)) OVER lane_in_time AS cost_so_far
    FROM steps FINAL
    WHERE ts BETWEEN times.1 AND times.2 AND tool_lane IN repeating
    WINDOW lane_in_time AS (PARTITION BY tool_lane ORDER BY ts, span_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW))
WHERE operation = 'execute_tool'
ORDER BY lane, ts DESC, span_id DESC
LIMIT {steps_max:UInt32} BY lane
