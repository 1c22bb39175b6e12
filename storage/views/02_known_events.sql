-- From span events that carry facts of their own to their known attributes; some are those of the span.
CREATE MATERIALIZED VIEW IF NOT EXISTS events_to_known $on_cluster TO known$local AS
SELECT * EXCEPT (every_number, every_text), $known
FROM (
    SELECT tenant, received, retention_days, ts, trace_id, span_id, 'event' AS origin, name, service,
        service_version, mapValues(attributes) AS every_text,
        arrayMap((key, text) -> if(text = '', 0, $alias_numbers), mapKeys(attributes), every_text) AS every_number
    FROM (
        SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days,
            event.1 AS ts, TraceId AS trace_id, SpanId AS span_id, event.2 AS name,
            ServiceName AS service, ResourceAttributes['service.version'] AS service_version,
            mapUpdate(mapFilter((key, text) -> key IN $names_inherited, SpanAttributes), event.3) AS attributes
        FROM (
            SELECT *, arrayJoin(arrayFilter(e -> e.2 IN $names_events,
                arrayZip(Events.Timestamp, Events.Name, Events.Attributes))) AS event
            FROM otel_traces$local
            WHERE hasAny(Events.Name, $names_events) $range_and)))
