-- From span events that carry facts of their own to facts.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_events $on_cluster TO facts$local AS
WITH arrayMap((key, text) -> if(text = '', 0, $alias_numbers),
        mapKeys(attributes), mapValues(attributes)) AS every_number,
    arraySort(arrayFilter(number -> number > 0, every_number)) AS known_numbers
SELECT tenant, received, retention_days, ts, trace_id, span_id, 'event' AS origin, name, service,
    service_version,
    '' AS openinference_kind,
    known_numbers AS numbers,
    arrayMap(number -> intDiv(number, $sources_max), known_numbers) AS slots,
    arraySort((text, number) -> number,
        arrayFilter((text, number) -> number > 0, mapValues(attributes), every_number),
        arrayFilter(number -> number > 0, every_number)) AS texts,
    transform(lower(name), $map_span_name, '') AS operation,
    $field_tool AS tool
FROM (
    SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days,
        event.1 AS ts, TraceId AS trace_id, SpanId AS span_id, event.2 AS name,
        ServiceName AS service, ResourceAttributes['service.version'] AS service_version,
        mapUpdate(mapFilter((key, text) -> key IN $names_inherited, SpanAttributes), event.3) AS attributes
    FROM (
        SELECT *, arrayJoin(arrayFilter(e -> e.2 IN $names_events,
            arrayZip(Events.Timestamp, Events.Name, Events.Attributes))) AS event
        FROM otel_traces$local
        WHERE hasAny(Events.Name, $names_events) $range_and))
