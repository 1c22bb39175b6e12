-- Which steps are evidence, and which stand nearest to them in their traces? Sixty in all.
WITH
    times AS (SELECT min(Start) AS begun, max(End) AS ended FROM otel_traces_trace_id_ts WHERE TraceId IN {trace_ids:Array(String)}),
    found AS (
        SELECT trace_id, span_id, parent_span_id, ts, duration_ns, operation, name, agent, service, tool, model, status, error_type,
            input_tokens + output_tokens AS tokens, CAST(cost AS Nullable(Float64)) AS cost, has({span_ids:Array(String)}, span_id) AS is_evidence
        FROM steps FINAL
        WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
            AND ts >= (SELECT begun FROM times) AND ts <= (SELECT ended FROM times) + toIntervalSecond(2))
SELECT found.*, if(is_evidence, 0, arrayMin(arrayMap(at -> abs(toUnixTimestamp64Nano(ts) - at), anchors.at))) AS apart_ns
FROM found INNER JOIN (
    SELECT trace_id, groupArrayIf(64)(toUnixTimestamp64Nano(ts), is_evidence) AS at FROM found GROUP BY trace_id) AS anchors USING (trace_id)
ORDER BY apart_ns, ts, span_id
LIMIT 60
