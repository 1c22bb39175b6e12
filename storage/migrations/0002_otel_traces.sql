-- Spans under the names, types and value spellings of the upstream ClickHouse exporter, so that its
-- readers and writers work here. Extra columns have defaults: upstream inserts do not name them.
-- Duration is in ns. Parts hold one day of receipt, not of the sender's clock, which nobody controls.
-- Timestamp is not in the primary key: the engine would then prune by it alone, not by the hour.
CREATE TABLE IF NOT EXISTS otel_traces$local $on_cluster (
    Timestamp DateTime64(9) CODEC(Delta(8), LZ4),
    TraceId String,
    SpanId String,
    ParentSpanId String,
    TraceState String,
    SpanName LowCardinality(String),
    SpanKind LowCardinality(String),
    ServiceName LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String),
    ScopeName String,
    ScopeVersion String,
    SpanAttributes Map(LowCardinality(String), String),
    Duration UInt64 CODEC(T64, LZ4),
    StatusCode LowCardinality(String),
    StatusMessage String,
    Events Nested (
        Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
    Links Nested (
        TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)),
    Tenant LowCardinality(String) DEFAULT 'default',
    Received DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), LZ4),
    RetentionDays UInt16 DEFAULT $retention_days,
    SpanAttributesNumber Map(LowCardinality(String), Float64),
    Flags UInt32,
    ResourceSchemaUrl LowCardinality(String),
    ResourceDroppedAttributesCount UInt32,
    ScopeSchemaUrl LowCardinality(String),
    ScopeAttributes Map(LowCardinality(String), String),
    ScopeDroppedAttributesCount UInt32,
    DroppedAttributesCount UInt32,
    DroppedEventsCount UInt32,
    DroppedLinksCount UInt32,
    EventDroppedAttributesCounts Array(UInt32),
    LinkDroppedAttributesCounts Array(UInt32),
    LinkFlags Array(UInt32),
    ResourceAttributeItems Array(String)
        ALIAS arrayMap(kv -> concat(kv.1, '=', kv.2), CAST(ResourceAttributes, 'Array(Tuple(String, String))')),
    SpanAttributeItems Array(String)
        ALIAS arrayMap(kv -> concat(kv.1, '=', kv.2), CAST(SpanAttributes, 'Array(Tuple(String, String))'))
) ENGINE = $MergeTree
PARTITION BY (RetentionDays, toDate(Received, 'UTC'))
PRIMARY KEY (Tenant, toStartOfHour(Timestamp, 'UTC'), ServiceName, SpanName)
ORDER BY (Tenant, toStartOfHour(Timestamp, 'UTC'), ServiceName, SpanName, Timestamp)
TTL toDateTime(Received) + toIntervalDay(RetentionDays)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    map_serialization_version = 'with_buckets', map_buckets_min_avg_size = 8, min_bytes_for_wide_part = 268435456
