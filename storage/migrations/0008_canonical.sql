-- On the way from spans, span events and log records to typed rows; nothing stays here. duration_ns in
-- ns. known: their attributes by the numbers of the alias table, best source first. quirky: those whose
-- attributes are not to be taken as they are. canonical: all, by field. facts: the few that say more
-- than that a step was taken. What no row reaches costs an insert no time to plan.
CREATE TABLE IF NOT EXISTS known$local $on_cluster (
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
    texts Array(String)
) ENGINE = Null;

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
    fields Array(UInt16),
    texts Array(String),
    operation LowCardinality(String),
    tool String,
    says_fact Bool
) ENGINE = Null;

CREATE TABLE IF NOT EXISTS quirky$local $on_cluster AS known$local ENGINE = Null;

CREATE TABLE IF NOT EXISTS facts$local $on_cluster AS canonical$local ENGINE = Null
