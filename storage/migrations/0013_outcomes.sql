-- What became of an action, often days later; read with FINAL. polarity -1 bad, 0, 1 good; target:
-- references to spans, writes or entities; amount in the target's unit.
CREATE TABLE IF NOT EXISTS outcomes$local $on_cluster (
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
    outcome_id String,
    type LowCardinality(String),
    polarity Int8,
    target Array(String),
    amount Nullable(Decimal(18, 4)),
    origin Enum8('explicit' = 1, 'mapped' = 2, 'inferred' = 3, 'framework' = 4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, toStartOfHour(ts, 'UTC'), outcome_id, trace_id, span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456
