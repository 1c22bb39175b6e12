-- All steps, a day back, of the traces that received some in [since, until): to walked_steps.
INSERT INTO walked_steps (pass, tenant, received, retention_days, ts, duration_ns, trace_id, span_id, parent_span_id, operation,
    agent, tool, model, case_id, arguments_state, arguments_hash, result_hash, status, error_type, control_flow, finish_reason,
    input_tokens, cost, progress_done, progress_total)
WITH
    touched AS (
        SELECT tenant, trace_id, min(ts) AS touched_ts FROM steps
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, trace_id),
    (
        SELECT min(greatest(touched_ts - toIntervalDay(1), if(began = 0, touched_ts - toIntervalDay(1), toDateTime64(began, 9))))
        FROM touched
        LEFT ANY JOIN (
            SELECT TraceId AS trace_id, toUInt32(min(Start)) AS began
            FROM otel_traces_trace_id_ts
            WHERE TraceId IN (SELECT trace_id FROM touched)
            GROUP BY TraceId) AS traces USING (trace_id)) AS earliest
SELECT {pass:UInt64}, tenant, received, retention_days, ts, duration_ns, trace_id, span_id, parent_span_id, operation,
    agent, tool, model, case_id, toString(arguments_state), arguments_hash, result_hash, status, error_type, control_flow, finish_reason,
    input_tokens, cost, progress_done, progress_total
FROM steps FINAL
PREWHERE ts >= earliest AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
