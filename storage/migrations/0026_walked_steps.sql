-- The steps of the traces that a pass of analysis looks at, gathered once for every rule of it: what a
-- pass wrote is dropped when it is over, and by time when it was cut off.
CREATE TABLE IF NOT EXISTS walked_steps$local $on_cluster (
    pass UInt64,
    made DateTime DEFAULT now(),
    tenant LowCardinality(String),
    received DateTime64(9),
    retention_days UInt16,
    ts DateTime64(9),
    duration_ns UInt64,
    trace_id String,
    span_id String,
    parent_span_id String,
    operation LowCardinality(String),
    agent LowCardinality(String),
    tool LowCardinality(String),
    model LowCardinality(String),
    case_id String,
    arguments_state LowCardinality(String),
    arguments_hash UInt64,
    result_hash UInt64,
    status LowCardinality(String),
    error_type LowCardinality(String),
    control_flow LowCardinality(String),
    finish_reason LowCardinality(String),
    input_tokens UInt64,
    cost Nullable(Float64),
    progress_done UInt32,
    progress_total UInt32
) ENGINE = $MergeTree
PARTITION BY pass
ORDER BY (tenant, trace_id)
TTL made + toIntervalHour(1)
SETTINGS ttl_only_drop_parts = 1, min_bytes_for_wide_part = 268435456
