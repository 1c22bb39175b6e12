-- From log records that carry facts of their own to their known attributes. Some emitters name the
-- event in an attribute.
CREATE MATERIALIZED VIEW IF NOT EXISTS logs_to_known $on_cluster TO known$local AS
SELECT * EXCEPT (every_number, every_text), $known
FROM (
    SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days, Timestamp AS ts,
        TraceId AS trace_id, SpanId AS span_id, 'log' AS origin,
        if(EventName = '', LogAttributes['event.name'], EventName) AS name,
        ServiceName AS service, ResourceAttributes['service.version'] AS service_version,
        mapValues(LogAttributes) AS every_text,
        arrayMap((key, text) -> if(text = '', 0, $alias_numbers), mapKeys(LogAttributes), every_text) AS every_number
    FROM otel_logs$local
    WHERE name IN $names_events $range_and)
