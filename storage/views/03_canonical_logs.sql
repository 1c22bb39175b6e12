-- From log records that carry facts of their own to facts. Some emitters name the event
-- in an attribute.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_logs $on_cluster TO facts$local AS
WITH arrayMap((key, text) -> if(text = '', 0, $alias_numbers),
        mapKeys(LogAttributes), mapValues(LogAttributes)) AS every_number,
    arraySort(arrayFilter(number -> number > 0, every_number)) AS known_numbers
SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days, Timestamp AS ts,
    TraceId AS trace_id, SpanId AS span_id, 'log' AS origin,
    if(EventName = '', LogAttributes['event.name'], EventName) AS name,
    ServiceName AS service, ResourceAttributes['service.version'] AS service_version,
    '' AS openinference_kind,
    known_numbers AS numbers,
    arrayMap(number -> intDiv(number, $sources_max), known_numbers) AS slots,
    arraySort((text, number) -> number,
        arrayFilter((text, number) -> number > 0, mapValues(LogAttributes), every_number),
        arrayFilter(number -> number > 0, every_number)) AS texts,
    transform(lower(name), $map_span_name, '') AS operation,
    $field_tool AS tool
FROM otel_logs$local
WHERE name IN $names_events $range_and
