-- From landed envelopes to otel_logs. A record without a time has the time of its observation.
-- (a).b as in the view of spans.
CREATE MATERIALIZED VIEW IF NOT EXISTS otlp_to_logs $on_cluster TO otel_logs$local AS
WITH (record).attributes AS attributes, (record).body AS value
SELECT
    tenant AS Tenant,
    fromUnixTimestamp64Nano(toInt64(received_unix_nano)) AS Received,
    retention_days AS RetentionDays,
    fromUnixTimestamp64Nano(toInt64(if((record).time_unix_nano = 0,
        (record).observed_time_unix_nano, (record).time_unix_nano))) AS Timestamp,
    fromUnixTimestamp64Nano(toInt64((record).observed_time_unix_nano)) AS ObservedTimestamp,
    lower(hex((record).trace_id)) AS TraceId,
    lower(hex((record).span_id)) AS SpanId,
    toUInt8(bitAnd((record).flags, 255)) AS TraceFlags,
    (record).severity_text AS SeverityText,
    toUInt8(greatest(least((record).severity_number, 255), 0)) AS SeverityNumber,
    ResourceAttributes['service.name'] AS ServiceName,
    multiIf($scalar_text, $array_text, $kvlist_text, '') AS Body,
    ResourceSchemaUrl,
    ResourceAttributes,
    ScopeSchemaUrl,
    ScopeName,
    ScopeVersion,
    ScopeAttributes,
    $array_map AS LogAttributes,
    $number_map AS LogAttributesNumber,
    (record).event_name AS EventName,
    (record).flags AS Flags,
    ResourceDroppedAttributesCount,
    ScopeDroppedAttributesCount,
    (record).dropped_attributes_count AS DroppedAttributesCount
FROM (
    SELECT * EXCEPT (log_records), arrayJoin(log_records) AS record FROM (
        SELECT * EXCEPT (scope_logs, attributes), (scope_logs).schema_url AS ScopeSchemaUrl,
            (scope_logs).scope.name AS ScopeName, (scope_logs).scope.version AS ScopeVersion,
            (scope_logs).scope.attributes AS attributes, $array_map AS ScopeAttributes,
            (scope_logs).scope.dropped_attributes_count AS ScopeDroppedAttributesCount,
            (scope_logs).log_records AS log_records
        FROM (
            SELECT tenant, received_unix_nano, retention_days, ResourceAttributes, ResourceSchemaUrl,
                ResourceDroppedAttributesCount, arrayJoin(all_scope_logs) AS scope_logs
            FROM (
                SELECT tenant, received_unix_nano, retention_days,
                    (resource_logs).resource.attributes AS attributes, $nested_map AS ResourceAttributes,
                    (resource_logs).schema_url AS ResourceSchemaUrl,
                    (resource_logs).resource.dropped_attributes_count AS ResourceDroppedAttributesCount,
                    (resource_logs).scope_logs AS all_scope_logs
                FROM (
                    SELECT tenant, received_unix_nano, retention_days,
                        arrayJoin((logs).resource_logs) AS resource_logs
                    FROM otlp_landing_logs)))))
