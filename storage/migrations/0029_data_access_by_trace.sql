-- What a trace read and wrote is found by the trace as well, and a write by its id: causal chains ask for
-- either. Finer grains, for a chain asks for many fields of which each has few rows.
CREATE OR REPLACE TABLE data_access$local $on_cluster (
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
    revision UInt64,
    INDEX ids data_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX compensated compensates TYPE bloom_filter(0.01) GRANULARITY 1,
    PROJECTION by_trace INDEX trace_id TYPE basic
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
PRIMARY KEY (tenant, entity, field, ts)
ORDER BY (tenant, entity, field, ts, trace_id, span_id, access, data_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456, index_granularity = 1024,
    deduplicate_merge_projection_mode = 'rebuild', lightweight_mutation_projection_mode = 'rebuild'
AS SELECT * FROM data_access$local;

ALTER TABLE decisions$local $on_cluster MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild';

ALTER TABLE decisions$local $on_cluster ADD PROJECTION IF NOT EXISTS by_trace INDEX trace_id TYPE basic;

ALTER TABLE effects$local $on_cluster MODIFY SETTING deduplicate_merge_projection_mode = 'rebuild',
    lightweight_mutation_projection_mode = 'rebuild';

ALTER TABLE effects$local $on_cluster ADD PROJECTION IF NOT EXISTS by_trace INDEX trace_id TYPE basic;

ALTER TABLE links$local $on_cluster ADD INDEX IF NOT EXISTS causes cause_trace_id TYPE bloom_filter(0.01) GRANULARITY 1;

ALTER TABLE messages$local $on_cluster ADD INDEX IF NOT EXISTS traces trace_id TYPE bloom_filter(0.01) GRANULARITY 1
