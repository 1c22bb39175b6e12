-- Into which spans did these traces lead by links?
SELECT cause_trace_id, cause_span_id, effect_trace_id, effect_span_id, kind, received, revision
FROM links
WHERE tenant = {tenant:String} AND cause_trace_id IN {trace_ids:Array(String)}
LIMIT {rows_max:UInt64}
