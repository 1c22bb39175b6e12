-- What analysis needs of texts, one row for each span that has some; read with FINAL. Made at the start
-- of a tick (storage/contents.py), never at intake, and again whenever it is looked at again.
-- seen_at: when what it says could first be used. seen: hashes of the words with a digit in prompts,
-- instructions, definitions and results; numbers: those that stand alone in them. whole: nothing was
-- cut. members: identifiers and amounts of the arguments, by key. words: hashes of the distinct words
-- of the answer, ledgers and echoes of calls left out; figures: its words with a digit and its names.
-- says_loop: a framework says that it goes round. rows: how many a result holds, -1 unknown; total: how many it says there are, -1 unsaid; found: ids of
-- its rows; ranked: it says in which order.
CREATE TABLE IF NOT EXISTS contents$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9) CODEC(Delta(8), LZ4),
    retention_days UInt16,
    ts DateTime64(9) CODEC(Delta(8), LZ4),
    seen_at DateTime64(9) CODEC(Delta(8), LZ4),
    ended_at DateTime64(9) CODEC(Delta(8), LZ4),
    trace_id String,
    span_id String,
    agent LowCardinality(String),
    conversation_id String,
    case_id String,
    operation LowCardinality(String),
    tool LowCardinality(String),
    offered Array(LowCardinality(String)),
    called Array(LowCardinality(String)),
    definitions_hash UInt64,
    instructions_hash UInt64,
    asked Bool,
    seen Array(UInt64),
    numbers Array(Float64),
    whole Bool,
    members Array(Tuple(key String, value String)),
    arguments String,
    words Array(UInt64),
    word_count UInt32,
    figures Array(UInt64),
    progress_done UInt32,
    says_loop Bool,
    rows Int32,
    total Int64,
    found Array(String),
    ranked Bool,
    revision UInt64,
    INDEX received_range received TYPE minmax GRANULARITY 1,
    INDEX conversations conversation_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX tools tool TYPE set(100) GRANULARITY 1
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toDate(received, 'UTC'))
ORDER BY (tenant, trace_id, ts, span_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000,
    min_bytes_for_wide_part = 268435456, index_granularity = 1024;

-- Each distinct text that offers tools to a model, once a day; read with FINAL.
CREATE TABLE IF NOT EXISTS definitions$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9),
    retention_days UInt16,
    definitions_hash UInt64,
    text String,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toDate(received, 'UTC'))
ORDER BY (tenant, definitions_hash)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000;

-- What each agent's part of a trace came to so far, so that a run can be held against others; cost in
-- USD; read with FINAL.
CREATE TABLE IF NOT EXISTS run_totals$local $on_cluster (
    tenant LowCardinality(String),
    received DateTime64(9),
    retention_days UInt16,
    agent LowCardinality(String),
    trace_id String,
    first_ts DateTime64(9),
    last_ts DateTime64(9),
    last_span_id String,
    case_id String,
    steps UInt64,
    cost Float64,
    revision UInt64,
    INDEX received_range received TYPE minmax GRANULARITY 1
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY (retention_days, toYYYYMM(received, 'UTC'))
ORDER BY (tenant, agent, trace_id)
TTL toDateTime(received) + toIntervalDay(retention_days)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000
