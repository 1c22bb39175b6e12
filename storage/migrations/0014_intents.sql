-- What runs are for; read with FINAL. direction -1, 0, 1; amount_limit in the metric's unit.
CREATE TABLE IF NOT EXISTS intents$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9) CODEC(Delta(8), LZ4),
    retention_days UInt16,
    ts DateTime64(9) CODEC(Delta(8), LZ4),
    trace_id String,
    span_id String,
    service LowCardinality(String),
    agent LowCardinality(String),
    conversation_id String,
    case_id String,
    intent_id String,
    kind LowCardinality(String),
    target Array(String),
    metric LowCardinality(String),
    direction Int8,
    amount_limit Nullable(Decimal(18, 4)),
    origin Enum8('explicit' = 1, 'mapped' = 2, 'inferred' = 3, 'framework' = 4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, toStartOfHour(ts, 'UTC'), intent_id, trace_id, span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456
