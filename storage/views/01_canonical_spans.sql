-- From spans to canonical fields. Only what is known and not empty goes on, best source first.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_spans $on_cluster TO canonical$local AS
WITH arrayMap((key, text) -> if(text = '', 0, $alias_numbers),
        mapKeys(SpanAttributes), mapValues(SpanAttributes)) AS every_number,
    arraySort(arrayFilter(number -> number > 0, every_number)) AS known_numbers
SELECT tenant, received, retention_days, ts, duration_ns, trace_id, span_id, parent_span_id, origin,
    name, service, service_version, status, exception_type, tool_message, choice_message, numbers,
    slots, texts, openinference_kind,
    multiIf(name IN $names_repeated, '',
        known_operation != '', if(known_operation = 'invoke_agent' AND has(slots, $slot_tool), 'execute_tool', known_operation),
        transform(lower(name), $map_span_name, '')) AS operation,
    if(operation IN ('execute_tool', 'approve') OR has(slots, $slot_approval_state), $field_tool, '') AS tool
FROM (
    SELECT *, $field_openinference_kind AS openinference_kind, $field_operation AS known_operation
    FROM (
        SELECT
            Tenant AS tenant, Received AS received, RetentionDays AS retention_days, Timestamp AS ts,
            Duration AS duration_ns, TraceId AS trace_id, SpanId AS span_id,
            ParentSpanId AS parent_span_id, 'span' AS origin, SpanName AS name, ServiceName AS service,
            ResourceAttributes['service.version'] AS service_version, StatusCode AS status,
            Events.Attributes[indexOf(Events.Name, 'exception')]['exception.type'] AS exception_type,
            Events.Attributes[indexOf(Events.Name, 'gen_ai.tool.message')]['content'] AS tool_message,
            coalesce(nullIf(Events.Attributes[indexOf(Events.Name, 'gen_ai.choice')]['message'], ''),
                Events.Attributes[indexOf(Events.Name, 'tool.output')]['output']) AS choice_message,
            known_numbers AS numbers,
            arrayMap(number -> intDiv(number, $sources_max), known_numbers) AS slots,
            arraySort((text, number) -> number,
                arrayFilter((text, number) -> number > 0, mapValues(SpanAttributes), every_number),
                arrayFilter(number -> number > 0, every_number)) AS texts
        FROM otel_traces$local $range))
