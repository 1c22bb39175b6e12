-- Which findings that stand name a span of these traces, and in which role? confidence 0 to 1.
SELECT finding_id, signature, severity, confidence, reason, evidence, revision
FROM findings FINAL
WHERE tenant = {tenant:String} AND NOT retracted AND NOT shadow AND hasAny(trace_ids, {trace_ids:Array(String)})
LIMIT {rows_max:UInt64}
