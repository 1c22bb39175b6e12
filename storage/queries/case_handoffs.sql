-- Which work went from one agent to another in these runs or cases?
SELECT ts, trace_id, span_id, toString(from_agent) AS giver, toString(to_agent) AS taker, case_id
FROM handoffs FINAL
WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
    AND (trace_id IN {trace_ids:Array(String)} OR case_id IN {case_ids:Array(String)})
LIMIT {rows_max:UInt64}
