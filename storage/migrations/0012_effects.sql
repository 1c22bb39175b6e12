-- What actions do to the business; read with FINAL. delta is signed, in unit; opens and closes name
-- obligations.
CREATE TABLE IF NOT EXISTS effects$local $on_cluster (
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
    entity String,
    kind LowCardinality(String),
    metric LowCardinality(String),
    delta Nullable(Decimal(18, 4)),
    unit LowCardinality(String),
    opens String,
    closes String,
    tool LowCardinality(String),
    decision_id String,
    status LowCardinality(String),
    origin Enum8('explicit' = 1, 'mapped' = 2, 'inferred' = 3, 'framework' = 4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, case_id, ts, trace_id, span_id, kind, metric, entity)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456
