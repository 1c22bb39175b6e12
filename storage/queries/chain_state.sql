-- How many rows are there of what a chain was built from, which is the newest (ns), and when was the
-- last one received? Of rows that were stored before `stored_until` (ns); `entities` and `fields` go
-- pairwise.
SELECT uniqExact(key) AS rows_known, max(revised) AS rows_revision, toTimeZone(max(came), 'UTC') AS watermark
FROM (
    SELECT cityHash64('steps', ts, span_id, trace_id) AS key, revision AS revised, received AS came FROM steps
    WHERE tenant = {tenant:String} AND toStartOfMinute(ts, 'UTC') IN ($minutes_of_traces) AND trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT cityHash64('data', entity, field, ts, trace_id, span_id, access, data_id), revision, received FROM data_access
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT cityHash64('data', entity, field, ts, trace_id, span_id, access, data_id), revision, received FROM data_access
    WHERE tenant = {tenant:String} AND ((entity, field) IN arrayZip({entities:Array(String)}, {fields:Array(String)}) OR entity IN {whole:Array(String)})
    UNION ALL
    SELECT cityHash64('decisions', ts, trace_id, span_id, decision_id, action), revision, received FROM decisions
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT cityHash64('effects', case_id, ts, trace_id, span_id, kind, metric, entity), revision, received FROM effects
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT cityHash64('outcomes', outcome_id), revision, received FROM outcomes
    WHERE tenant = {tenant:String} AND (trace_id IN {trace_ids:Array(String)} OR hasAny(target, {targets:Array(String)}))
    UNION ALL
    SELECT cityHash64('links', effect_trace_id, effect_span_id, cause_trace_id, cause_span_id), revision, received FROM links
    WHERE tenant = {tenant:String} AND (effect_trace_id IN {trace_ids:Array(String)} OR cause_trace_id IN {trace_ids:Array(String)})
    UNION ALL
    SELECT cityHash64('messages', message_id, trace_id, span_id), revision, received FROM messages
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT cityHash64('findings', finding_id), revision, toDateTime64(0, 9) FROM findings
    WHERE tenant = {tenant:String} AND hasAny(trace_ids, {trace_ids:Array(String)}))
WHERE revised < {stored_until:UInt64}
LIMIT 1
