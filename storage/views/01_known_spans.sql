-- From spans to their known attributes.
CREATE MATERIALIZED VIEW IF NOT EXISTS traces_to_known $on_cluster TO known$local AS
SELECT * EXCEPT (every_number, every_text), $known
FROM (
    SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days, Timestamp AS ts,
        Duration AS duration_ns, TraceId AS trace_id, SpanId AS span_id, ParentSpanId AS parent_span_id,
        'span' AS origin, SpanName AS name, ServiceName AS service,
        ResourceAttributes['service.version'] AS service_version, StatusCode AS status,
        if(empty(Events.Name), '', arrayMap(said -> if(said['exception.type'] = 'Exception',
            coalesce(nullIf(extract(said['exception.message'], '^([A-Za-z_.]+)[(]'), ''), 'Exception'), said['exception.type']),
            [Events.Attributes[indexOf(Events.Name, 'exception')]])[1]) AS exception_type,
        if(empty(Events.Name), '', Events.Attributes[indexOf(Events.Name, 'gen_ai.tool.message')]['content']) AS tool_message,
        if(empty(Events.Name), '', coalesce(
            nullIf(Events.Attributes[indexOf(Events.Name, 'gen_ai.choice')]['message'], ''),
            Events.Attributes[indexOf(Events.Name, 'tool.output')]['output'])) AS choice_message,
        mapValues(SpanAttributes) AS every_text,
        arrayMap((key, text) -> if(text = '', 0, $alias_numbers), mapKeys(SpanAttributes), every_text) AS every_number
    FROM otel_traces$local $range)
