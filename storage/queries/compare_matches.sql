-- Which runs have, on any of their spans, all of these attributes, the latest begun first?
-- Up to four, key_1 = value_1 and so on; an empty key asks for nothing. An attribute is of the span or of its resource, or it is
-- what a step is found to have, whichever framework wrote it: agent, its version, model, tool, conversation, case.
WITH [{key_1:String}, {key_2:String}, {key_3:String}, {key_4:String}] AS keys,
    [{value_1:String}, {value_2:String}, {value_3:String}, {value_4:String}] AS wanted,
    [1, 2, 4, 8] AS bits
SELECT trace_id, min(ts) AS begun, count() OVER () AS matched
FROM (
    SELECT TraceId AS trace_id, Timestamp AS ts,
        1 * ({key_1:String} != '' AND (SpanAttributes[{key_1:String}] = {value_1:String} OR ResourceAttributes[{key_1:String}] = {value_1:String}))
            + 2 * ({key_2:String} != '' AND (SpanAttributes[{key_2:String}] = {value_2:String} OR ResourceAttributes[{key_2:String}] = {value_2:String}))
            + 4 * ({key_3:String} != '' AND (SpanAttributes[{key_3:String}] = {value_3:String} OR ResourceAttributes[{key_3:String}] = {value_3:String}))
            + 8 * ({key_4:String} != '' AND (SpanAttributes[{key_4:String}] = {value_4:String} OR ResourceAttributes[{key_4:String}] = {value_4:String})) AS held
    FROM otel_traces
    WHERE Tenant = {tenant:String}
    UNION ALL
    SELECT trace_id, ts, arraySum(arrayMap((key, text, bit) -> if(key != '' AND $step_attribute = text, bit, 0), keys, wanted, bits)) AS held
    FROM steps FINAL
    WHERE tenant = {tenant:String})
WHERE held > 0
GROUP BY trace_id
HAVING groupBitOr(held) = arraySum(arrayMap((key, bit) -> if(key = '', 0, bit), keys, bits))
ORDER BY begun DESC, trace_id
LIMIT {runs_max:UInt64}
