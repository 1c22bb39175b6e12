-- Which steps do these traces have?
SELECT trace_id, span_id, parent_span_id, ts, toString(agent) AS agent_name, toString(service) AS service_name,
    toString(operation) AS kind, toString(if(tool = '', name, tool)) AS title, case_id,
    if(status = 'Error', toString(if(error_type = '', 'error', error_type)), '') AS error
FROM steps
WHERE tenant = {tenant:String} AND toStartOfMinute(ts, 'UTC') IN ($minutes_of_traces) AND trace_id IN {trace_ids:Array(String)}
ORDER BY revision DESC
LIMIT 1 BY ts, span_id, trace_id
LIMIT {rows_max:UInt64}
