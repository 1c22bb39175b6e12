-- Which spans led into these traces by links?
SELECT cause_trace_id, cause_span_id, effect_trace_id, effect_span_id, kind, received, revision
FROM links
WHERE tenant = {tenant:String} AND effect_trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
