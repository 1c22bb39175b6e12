-- How often was each action decided in each of these runs, and with which outcome? Of all agents; where `agent` is not
-- empty, of it and of none that is known.
WITH
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE Tenant = {tenant:String} AND TraceId IN {trace_ids:Array(String)}) AS begun,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE Tenant = {tenant:String} AND TraceId IN {trace_ids:Array(String)}) AS ended
SELECT trace_id, concat(action, if(outcome = '', '', ': '), outcome) AS decision, count() AS times
FROM decisions FINAL
WHERE tenant = {tenant:String} AND ts >= begun AND ts <= ended AND trace_id IN {trace_ids:Array(String)} AND action != ''
    AND ({agent:String} = '' OR agent IN ({agent:String}, ''))
GROUP BY trace_id, decision
ORDER BY trace_id, decision
LIMIT {rows_max:UInt64}
