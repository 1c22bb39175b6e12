-- One row for each read or write of entity.field; read with FINAL. Ordered by what was touched, so
-- that who wrote what somebody read is one range. version: only equality and order count; as_of: when
-- the value was true at its source (1970 = not said); value_num in the field's own unit.
CREATE TABLE IF NOT EXISTS data_access$local $on_cluster (
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
    entity_type LowCardinality(String),
    field LowCardinality(String),
    access Enum8('read' = 1, 'write' = 2),
    data_id String,
    tool LowCardinality(String),
    version String,
    version_prev String,
    as_of DateTime64(9) CODEC(Delta(8), LZ4),
    source LowCardinality(String),
    source_kind LowCardinality(String),
    value_hash UInt64,
    value_num Nullable(Decimal(18, 4)),
    value_num_prev Nullable(Decimal(18, 4)),
    idempotency_key String,
    reversible Bool,
    compensates String,
    compensated_by LowCardinality(String),
    decision_id String,
    status LowCardinality(String),
    origin Enum8('explicit' = 1, 'mapped' = 2, 'inferred' = 3, 'framework' = 4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, entity, field, ts, trace_id, span_id, access, data_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456
