-- Spans, traces, errors and tokens of each agent among what was received in the last `days` days.
SELECT Tenant AS tenant, SpanAttributes['gen_ai.agent.name'] AS agent,
    uniqExact(SpanId) AS spans, uniqExact(TraceId) AS traces,
    uniqExactIf(SpanId, StatusCode = 'Error') AS errors,
    max(Received) AS last_received
FROM otel_traces
WHERE Received > now() - toIntervalDay({days:UInt16}) AND agent != ''
GROUP BY tenant, agent
ORDER BY spans DESC
LIMIT {limit:UInt32}
