-- What tools answered whose definitions say what an answer looks like: objects that are whole, of calls
-- that did not fail; read with FINAL. Few definitions say it, so few results are kept here.
CREATE TABLE IF NOT EXISTS tool_results$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9),
    retention_days UInt16,
    ts DateTime64(9),
    trace_id String,
    span_id String,
    agent LowCardinality(String),
    case_id String,
    tool LowCardinality(String),
    result String,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toDate(received, 'UTC'))
ORDER BY (tenant, trace_id, ts, span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000
