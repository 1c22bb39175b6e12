-- Which steps do these traces have?
SELECT trace_id, span_id, parent_span_id, ts, agent, service, operation, tool, name, case_id, status, error_type, received, revision
FROM steps
WHERE tenant = {tenant:String} AND toStartOfMinute(ts, 'UTC') IN ($minutes_of_traces) AND trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
