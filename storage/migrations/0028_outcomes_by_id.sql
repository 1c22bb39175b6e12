-- One row for each outcome, whenever it is said to have been: what is sent again, with the same id, takes
-- the place of what was sent before, also with another time. Readers see the one table or the other.
CREATE OR REPLACE TABLE outcomes$local $on_cluster (
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
    revision UInt64,
    INDEX ts_range ts TYPE minmax GRANULARITY 1,
    INDEX received_range received TYPE minmax GRANULARITY 1,
    INDEX traces trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX targets target TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, outcome_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456, index_granularity = 1024
AS SELECT * FROM outcomes$local
