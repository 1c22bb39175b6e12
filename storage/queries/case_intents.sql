-- What were these runs for? amount_most in the metric's unit.
SELECT ts, trace_id, span_id, toString(agent) AS agent_name, toString(metric) AS metric_name, direction,
    CAST(amount_limit AS Nullable(Float64)) AS amount_most, target
FROM intents FINAL
WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
    AND trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
