-- What was changed that agents may behave otherwise for; read with FINAL. what: name of the service, prompt,
-- model, policy, tool or source; agents: whom it may move, empty: all. It is kept at least as long as drift is
-- shown, longer than the spans around it.
CREATE TABLE IF NOT EXISTS changes$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9) CODEC(Delta(8), LZ4),
    retention_days UInt16,
    ts DateTime64(9) CODEC(Delta(8), LZ4),
    trace_id String,
    span_id String,
    service LowCardinality(String),
    agent LowCardinality(String),
    change_id String,
    kind LowCardinality(String),
    what String,
    version String,
    version_prev String,
    agents Array(String),
    note String,
    revision UInt64,
    INDEX ts_range ts TYPE minmax GRANULARITY 1
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(received, 'UTC')
ORDER BY (tenant, change_id)
TTL toDateTime(received) + toIntervalDay(greatest(retention_days, 400))
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000, index_granularity = 1024
