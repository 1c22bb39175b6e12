-- How many model calls of each agent have their prompts, answers and tool definitions recorded,
-- of up to 50 of the newest of each of `agents`? Told by the names of attributes, events and log
-- records; `prompts`, `answers` and `definitions` are LIKE patterns of such names. A message that is a
-- log record counts by its name only if its body holds one: without content some send the rest of it.
WITH (
    SELECT groupArray((tenant, agent, trace_id, span_id, hour))
    FROM (
        SELECT tenant, leftUTF8(steps.agent, 200) AS agent, trace_id, span_id, toStartOfHour(ts, 'UTC') AS hour
        FROM steps FINAL
        WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
            AND agent IN {agents:Array(String)}
            AND operation IN ('chat', 'text_completion', 'generate_content')
        ORDER BY received DESC
        LIMIT 50 BY tenant, agent
        LIMIT 10000
    )
) AS calls
SELECT tenant, agent, count() AS sampled_calls,
    countIf(arrayExists(name -> arrayExists(p -> name LIKE p, {prompts:Array(String)}), names)) AS prompts,
    countIf(arrayExists(name -> arrayExists(p -> name LIKE p, {answers:Array(String)}), names)) AS answers,
    countIf(arrayExists(name -> arrayExists(p -> name LIKE p, {definitions:Array(String)}), names)) AS definitions
FROM (
    SELECT call.1 AS tenant, call.2 AS agent, call.3 AS trace_id, call.4 AS span_id
    FROM (SELECT arrayJoin(calls) AS call)
) AS looked_into
INNER JOIN (
    SELECT tenant, trace_id, span_id, groupUniqArrayArray(1000)(found) AS names
    FROM (
        SELECT Tenant AS tenant, TraceId AS trace_id, SpanId AS span_id,
            arrayConcat(mapKeys(SpanAttributes), Events.Name,
                arrayFlatten(arrayMap(attributes -> mapKeys(attributes), Events.Attributes))) AS found
        FROM otel_traces
        WHERE Received >= fromUnixTimestamp({since_unix_s:UInt32})
            AND toStartOfHour(Timestamp, 'UTC') IN arrayMap(call -> call.5, calls)
            AND (TraceId, SpanId) IN arrayMap(call -> (call.3, call.4), calls)
        UNION ALL
        SELECT Tenant, TraceId, SpanId,
            arrayConcat(mapKeys(LogAttributes),
                if(match(Body, '"(content|arguments)":'), [EventName, LogAttributes['event.name']], []))
        FROM otel_logs
        WHERE Received >= fromUnixTimestamp({since_unix_s:UInt32})
            AND toStartOfHour(Timestamp, 'UTC')
                IN arrayFlatten(arrayMap(call -> [call.5, call.5 + toIntervalHour(1)], calls))
            AND (TraceId, SpanId) IN arrayMap(call -> (call.3, call.4), calls)
    )
    GROUP BY tenant, trace_id, span_id
) AS recorded USING (tenant, trace_id, span_id)
GROUP BY tenant, agent
ORDER BY tenant, agent
LIMIT 10000
