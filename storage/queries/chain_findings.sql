-- Which findings that stand name a span of these traces, and in which role? confidence 0 to 1.
SELECT finding_id, signature, toString(severity) AS level, confidence, reason, one.1 AS trace_id, one.2 AS span_id, toString(one.3) AS role
FROM findings FINAL
ARRAY JOIN evidence AS one
WHERE tenant = {tenant:String} AND NOT retracted AND NOT shadow
    AND hasAny(trace_ids, {trace_ids:Array(String)}) AND has({trace_ids:Array(String)}, one.1)
LIMIT {rows_max:UInt64}
