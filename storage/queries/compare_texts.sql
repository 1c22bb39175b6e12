-- How much did models say in each of these runs, and write as arguments of tools, as far as it is recorded on spans?
-- Bytes of the texts as stored.
WITH
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE Tenant = {tenant:String} AND TraceId IN {trace_ids:Array(String)}) AS begun,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE Tenant = {tenant:String} AND TraceId IN {trace_ids:Array(String)}) AS ended
SELECT trace_id, sum(said) AS said_bytes, sum(written) AS argument_bytes
FROM (
    SELECT TraceId AS trace_id, arrayMap((key, text) -> ($content_kind, length(text)), mapKeys(SpanAttributes), mapValues(SpanAttributes)) AS texts,
        arraySum(arrayMap(text -> if(text.1 = 'w', text.2, 0), texts)) AS said,
        arraySum(arrayMap(text -> if(text.1 = 'a', text.2, 0), texts)) AS written
    FROM otel_traces
    WHERE Tenant = {tenant:String} AND Timestamp >= begun AND Timestamp <= ended AND TraceId IN {trace_ids:Array(String)}
    LIMIT 1 BY TraceId, SpanId)
GROUP BY trace_id
ORDER BY trace_id
LIMIT {runs_max:UInt64}
