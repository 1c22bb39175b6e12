-- What a span says, under the names of aliases.toml; nothing stays here. `numbers` and `texts` are its
-- known attributes, best source first; `slots` say whose they are. duration_ns in ns. `facts` takes the
-- few that say more than that a step was taken, and the events and log records that do.
CREATE TABLE IF NOT EXISTS canonical$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9),
    retention_days UInt16,
    ts DateTime64(9),
    duration_ns UInt64,
    trace_id String,
    span_id String,
    parent_span_id String,
    origin Enum8('span' = 1, 'event' = 2, 'log' = 3),
    name LowCardinality(String),
    service LowCardinality(String),
    service_version LowCardinality(String),
    status LowCardinality(String),
    exception_type String,
    tool_message String,
    choice_message String,
    numbers Array(UInt16),
    slots Array(UInt16),
    texts Array(String),
    openinference_kind LowCardinality(String),
    operation LowCardinality(String),
    tool LowCardinality(String)
) ENGINE = Null;

CREATE TABLE IF NOT EXISTS facts$local $on_cluster AS canonical$local ENGINE = Null
