-- Where spool segments land: the engine decodes each envelope, views fan it out, nothing stays here.
-- One table for each signal: every view of a table costs by all that lands there, used or not.
CREATE TABLE IF NOT EXISTS otlp_landing_traces $on_cluster (
    tenant String,
    received_unix_nano UInt64,
    retention_days UInt16,
    traces Tuple(resource_spans Array(Tuple(
        resource Tuple(attributes Array(Tuple(key String, value $nested_value)), dropped_attributes_count UInt32),
        schema_url String,
        scope_spans Array(Tuple(
            scope Tuple(name String, version String, attributes $array_attributes, dropped_attributes_count UInt32),
            schema_url String,
            spans Array(Tuple(
                trace_id String, span_id String, trace_state String, parent_span_id String,
                name String, kind Int32, start_time_unix_nano UInt64, end_time_unix_nano UInt64,
                attributes $array_attributes, dropped_attributes_count UInt32,
                events Array(Tuple(
                    time_unix_nano UInt64, name String,
                    attributes $scalar_attributes, dropped_attributes_count UInt32)),
                dropped_events_count UInt32,
                links Array(Tuple(
                    trace_id String, span_id String, trace_state String,
                    attributes $scalar_attributes, dropped_attributes_count UInt32, flags UInt32)),
                dropped_links_count UInt32,
                status Tuple(message String, code Int32),
                flags UInt32)))))))
) ENGINE = Null;

CREATE TABLE IF NOT EXISTS otlp_landing_logs $on_cluster (
    tenant String,
    received_unix_nano UInt64,
    retention_days UInt16,
    logs Tuple(resource_logs Array(Tuple(
        resource Tuple(attributes Array(Tuple(key String, value $nested_value)), dropped_attributes_count UInt32),
        schema_url String,
        scope_logs Array(Tuple(
            scope Tuple(name String, version String, attributes $array_attributes, dropped_attributes_count UInt32),
            schema_url String,
            log_records Array(Tuple(
                time_unix_nano UInt64, observed_time_unix_nano UInt64,
                severity_number Int32, severity_text String, event_name String,
                body $nested_value,
                attributes $array_attributes, dropped_attributes_count UInt32,
                flags UInt32, trace_id String, span_id String)))))))
) ENGINE = Null
