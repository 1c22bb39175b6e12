-- What the runs that were touched in [since, until) came to so far: to run_totals.
INSERT INTO run_totals (tenant, received, retention_days, agent, trace_id, first_ts, last_ts, last_span_id,
    case_id, steps, cost, revision)
WITH touched AS (
    SELECT tenant, trace_id, min(ts) AS ts FROM steps
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} GROUP BY tenant, trace_id)
SELECT tenant, max(received), max(retention_days), agent, trace_id, min(ts), max(ts), argMax(span_id, (ts, span_id)),
    max(case_id), count(), sum(ifNull(cost, 0)), toUnixTimestamp64Nano(now64(9))
FROM steps FINAL
WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
    AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND agent != ''
GROUP BY tenant, agent, trace_id
