-- From landed envelopes to otel_traces. An end before its start counts as a duration of 0 ns; a kind
-- or status that OTLP does not know is empty (index 0; a negative index would count from the end).
-- (a).b takes an element of a tuple; a.b would mean the same, but takes the engine twice the time to
-- plan, on every insert.
CREATE MATERIALIZED VIEW IF NOT EXISTS otlp_to_traces $on_cluster TO otel_traces$local AS
WITH (span).attributes AS attributes
SELECT
    tenant AS Tenant,
    fromUnixTimestamp64Nano(toInt64(received_unix_nano)) AS Received,
    retention_days AS RetentionDays,
    fromUnixTimestamp64Nano(toInt64((span).start_time_unix_nano)) AS Timestamp,
    lower(hex((span).trace_id)) AS TraceId,
    lower(hex((span).span_id)) AS SpanId,
    lower(hex((span).parent_span_id)) AS ParentSpanId,
    (span).trace_state AS TraceState,
    (span).name AS SpanName,
    ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'][greatest((span).kind, -1) + 1] AS SpanKind,
    ResourceAttributes['service.name'] AS ServiceName,
    ResourceAttributes,
    ScopeName,
    ScopeVersion,
    $array_map AS SpanAttributes,
    $number_map AS SpanAttributesNumber,
    if((span).end_time_unix_nano > (span).start_time_unix_nano,
        (span).end_time_unix_nano - (span).start_time_unix_nano, 0) AS Duration,
    ['Unset', 'Ok', 'Error'][greatest((span).status.code, -1) + 1] AS StatusCode,
    (span).status.message AS StatusMessage,
    arrayMap(t -> fromUnixTimestamp64Nano(toInt64(t)), (span).events.time_unix_nano) AS `Events.Timestamp`,
    (span).events.name AS `Events.Name`,
    arrayMap(attributes -> $scalar_map, (span).events.attributes) AS `Events.Attributes`,
    arrayMap(id -> lower(hex(id)), (span).links.trace_id) AS `Links.TraceId`,
    arrayMap(id -> lower(hex(id)), (span).links.span_id) AS `Links.SpanId`,
    (span).links.trace_state AS `Links.TraceState`,
    arrayMap(attributes -> $scalar_map, (span).links.attributes) AS `Links.Attributes`,
    (span).flags AS Flags,
    ResourceSchemaUrl,
    ResourceDroppedAttributesCount,
    ScopeSchemaUrl,
    ScopeAttributes,
    ScopeDroppedAttributesCount,
    (span).dropped_attributes_count AS DroppedAttributesCount,
    (span).dropped_events_count AS DroppedEventsCount,
    (span).dropped_links_count AS DroppedLinksCount,
    (span).events.dropped_attributes_count AS EventDroppedAttributesCounts,
    (span).links.dropped_attributes_count AS LinkDroppedAttributesCounts,
    (span).links.flags AS LinkFlags
FROM (
    SELECT * EXCEPT (spans), arrayJoin(spans) AS span FROM (
        SELECT * EXCEPT (scope_spans, attributes), (scope_spans).schema_url AS ScopeSchemaUrl,
            (scope_spans).scope.name AS ScopeName, (scope_spans).scope.version AS ScopeVersion,
            (scope_spans).scope.attributes AS attributes, $array_map AS ScopeAttributes,
            (scope_spans).scope.dropped_attributes_count AS ScopeDroppedAttributesCount,
            (scope_spans).spans AS spans
        FROM (
            SELECT tenant, received_unix_nano, retention_days, ResourceAttributes, ResourceSchemaUrl,
                ResourceDroppedAttributesCount, arrayJoin(all_scope_spans) AS scope_spans
            FROM (
                SELECT tenant, received_unix_nano, retention_days,
                    (resource_spans).resource.attributes AS attributes, $nested_map AS ResourceAttributes,
                    (resource_spans).schema_url AS ResourceSchemaUrl,
                    (resource_spans).resource.dropped_attributes_count AS ResourceDroppedAttributesCount,
                    (resource_spans).scope_spans AS all_scope_spans
                FROM (
                    SELECT tenant, received_unix_nano, retention_days,
                        arrayJoin((traces).resource_spans) AS resource_spans
                    FROM otlp_landing_traces)))))
