-- What did these runs decide, and about what amount of which currency?
SELECT ts, trace_id, span_id, decision_id, toString(action) AS action_name, toString(agent) AS agent_name,
    CAST(amount AS Nullable(Float64)) AS amount_value, toString(currency) AS currency_name
FROM decisions FINAL
WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
    AND trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
