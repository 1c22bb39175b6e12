-- What agents decided, and what was checked, approved and enforced; read with FINAL. confidence and
-- threshold 0 to 1, NULL when not said; amount in currency. `origin`: by our events, or as a
-- framework says it.
CREATE TABLE IF NOT EXISTS decisions$local $on_cluster (
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
    decision_id String,
    action LowCardinality(String),
    tool LowCardinality(String),
    outcome LowCardinality(String),
    confidence Nullable(Float64),
    confidence_method LowCardinality(String),
    inputs Array(String),
    amount Nullable(Decimal(18, 4)),
    currency LowCardinality(String),
    threshold Nullable(Float64),
    threshold_version String,
    policy_id LowCardinality(String),
    policy_version LowCardinality(String),
    verdict LowCardinality(String),
    enforced_action LowCardinality(String),
    approval_id String,
    approval_state LowCardinality(String),
    approval_source LowCardinality(String),
    origin Enum8('explicit' = 1, 'mapped' = 2, 'inferred' = 3, 'framework' = 4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, toStartOfHour(ts, 'UTC'), trace_id, span_id, decision_id, action, ts)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456
