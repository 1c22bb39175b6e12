-- Log records under the names, types and value spellings of the upstream ClickHouse exporter.
-- Extra columns have defaults: upstream inserts do not name them.
CREATE TABLE IF NOT EXISTS otel_logs$local $on_cluster (
    Timestamp DateTime64(9) CODEC(Delta(8), LZ4),
    TraceId String,
    SpanId String,
    TraceFlags UInt8,
    SeverityText LowCardinality(String),
    SeverityNumber UInt8,
    ServiceName LowCardinality(String),
    Body String,
    ResourceSchemaUrl LowCardinality(String),
    ResourceAttributes Map(LowCardinality(String), String),
    ScopeSchemaUrl LowCardinality(String),
    ScopeName String,
    ScopeVersion LowCardinality(String),
    ScopeAttributes Map(LowCardinality(String), String),
    LogAttributes Map(LowCardinality(String), String),
    EventName String,
    Tenant LowCardinality(String) DEFAULT 'default',
    Received DateTime64(9) DEFAULT now64(9) CODEC(Delta(8), LZ4),
    RetentionDays UInt16 DEFAULT $retention_days,
    ObservedTimestamp DateTime64(9) DEFAULT Timestamp CODEC(Delta(8), LZ4),
    LogAttributesNumber Map(LowCardinality(String), Float64),
    Flags UInt32,
    ResourceDroppedAttributesCount UInt32,
    ScopeDroppedAttributesCount UInt32,
    DroppedAttributesCount UInt32
) ENGINE = $MergeTree
PARTITION BY (RetentionDays, toDate(Received, 'UTC'))
PRIMARY KEY (Tenant, toStartOfHour(Timestamp, 'UTC'), ServiceName)
ORDER BY (Tenant, toStartOfHour(Timestamp, 'UTC'), ServiceName, Timestamp)
TTL toDateTime(Received) + toIntervalDay(RetentionDays)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    map_serialization_version = 'with_buckets', map_buckets_min_avg_size = 8, min_bytes_for_wide_part = 268435456
