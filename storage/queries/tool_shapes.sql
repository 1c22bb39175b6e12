-- Tools that were called in the last `seconds` seconds: how often, and different samples of arguments
-- and of results.
-- Up to 20 of each, JSON as text; those over 2000 bytes are left out: cut, they can not be read.
SELECT SpanAttributes['gen_ai.tool.name'] AS tool, uniqExact(TraceId, SpanId) AS calls,
    groupUniqArrayIf(20)(
        SpanAttributes['gen_ai.tool.call.arguments'] AS arguments,
        length(arguments) BETWEEN 2 AND 2000) AS argument_samples,
    groupUniqArrayIf(20)(
        SpanAttributes['gen_ai.tool.call.result'] AS result,
        length(result) BETWEEN 2 AND 2000) AS result_samples
FROM otel_traces
WHERE Received > now() - toIntervalSecond({seconds:UInt32})
    AND tool != '' AND lengthUTF8(tool) <= 256
GROUP BY tool
ORDER BY calls DESC, tool
LIMIT {tools:UInt32}
