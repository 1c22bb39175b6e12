-- Edges between traces: `effect` happened because of `cause` (span links), and the ends of messages,
-- which join by message_id; read with FINAL.
CREATE TABLE IF NOT EXISTS links$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9) CODEC(Delta(8), LZ4),
    retention_days UInt16,
    ts DateTime64(9) CODEC(Delta(8), LZ4),
    effect_trace_id String,
    effect_span_id String,
    cause_trace_id String,
    cause_span_id String,
    kind LowCardinality(String),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, effect_trace_id, effect_span_id, cause_trace_id, cause_span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS messages$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9) CODEC(Delta(8), LZ4),
    retention_days UInt16,
    ts DateTime64(9) CODEC(Delta(8), LZ4),
    message_id String,
    operation LowCardinality(String),
    trace_id String,
    span_id String,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, message_id, trace_id, span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000
