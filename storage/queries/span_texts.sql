-- What do these spans say, as JSON of at most so many characters each? As they are stored: after redaction.
WITH
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId IN {trace_ids:Array(String)} AND Tenant = {tenant:String}) AS first_start,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId IN {trace_ids:Array(String)} AND Tenant = {tenant:String}) AS last_start
SELECT TraceId AS trace_id, SpanId AS span_id, any(substringUTF8(toJSONString(map('name', toString(SpanName),
    'start', toString(Timestamp), 'service', toString(ServiceName), 'status', toString(StatusCode), 'message', StatusMessage,
    'duration_ns', toString(Duration), 'attributes', toJSONString(SpanAttributes), 'events', toJSONString(arrayZip(Events.Name, Events.Attributes)))),
    1, {characters_max:UInt64})) AS says
FROM otel_traces
WHERE Tenant = {tenant:String} AND Timestamp >= first_start AND Timestamp <= last_start
    AND TraceId IN {trace_ids:Array(String)} AND SpanId IN {span_ids:Array(String)}
GROUP BY TraceId, SpanId
LIMIT {rows_max:UInt64}
