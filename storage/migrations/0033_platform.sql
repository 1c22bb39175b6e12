-- What each process that takes spans says of itself, four times a minute: so that dashboards and alerts need no
-- other store. Counters since its start; ages and lags in s; cpu_s: of the process.
CREATE TABLE IF NOT EXISTS platform$local $on_cluster (
    ts DateTime64(3, 'UTC'),
    process LowCardinality(String),
    host LowCardinality(String),
    queue_segments UInt32,
    queue_bytes UInt64,
    queue_age_s Float64,
    dead_letters UInt32,
    disk_free_bytes UInt64,
    lag_p50_s Float64,
    lag_p99_s Float64,
    accepted_spans UInt64,
    refused_spans UInt64,
    failed_spans UInt64,
    stored_items UInt64,
    cpu_s Float64,
    memory_bytes UInt64
) ENGINE = $MergeTree
PARTITION BY toYYYYMM(ts, 'UTC')
ORDER BY ts
TTL toDateTime(ts) + toIntervalDay(90)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 100
