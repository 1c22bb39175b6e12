-- What the runs of a pass came to so far: to run_totals.
INSERT INTO run_totals (tenant, received, retention_days, agent, trace_id, first_ts, last_ts, last_span_id,
    case_id, steps, cost, revision)
SELECT tenant, max(received), max(retention_days), agent, trace_id, min(ts), max(ts), argMax(span_id, (ts, span_id)),
    max(case_id), count(), sum(ifNull(cost, 0)), toUnixTimestamp64Nano(now64(9))
FROM walked_steps
WHERE pass = {pass:UInt64} AND agent != ''
GROUP BY tenant, agent, trace_id
