-- What analyzers found; read with FINAL: evaluated again, a finding replaces its earlier revision.
-- confidence 0 to 1; evidence (trace_id, span_id, role); facts as JSON: every number of the sentence.
-- retracted: later spans showed that it is not so. content: hash of all that is said, so that what
-- is found again unchanged is not written again.
CREATE TABLE IF NOT EXISTS findings$local $on_cluster (
    tenant LowCardinality(String),
    finding_id String,
    signature LowCardinality(String),
    signature_version UInt16,
    severity Enum8('info' = 1, 'low' = 2, 'medium' = 3, 'high' = 4, 'critical' = 5),
    confidence Float64,
    agents Array(LowCardinality(String)),
    lane String,
    case_id String,
    first_at DateTime64(9),
    last_at DateTime64(9),
    evidence Array(Tuple(trace_id String, span_id String, role LowCardinality(String))),
    trace_ids Array(String) MATERIALIZED arrayDistinct(evidence.trace_id),
    reason String,
    facts String,
    tags Array(LowCardinality(String)),
    mute_key String,
    origin LowCardinality(String),
    degraded Bool,
    shadow Bool,
    retracted Bool,
    content UInt64,
    found_at DateTime64(9) DEFAULT now64(9),
    revision UInt64,
    INDEX traces trace_ids TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, finding_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- What people and we did about findings, append-only: the newest action of a kind counts. action:
-- acknowledge, mute, unmute, resolve, reopen, confirm, dismiss; muted_until for mute.
CREATE TABLE IF NOT EXISTS finding_actions$local $on_cluster (
    tenant LowCardinality(String),
    finding_id String,
    signature LowCardinality(String),
    mute_key String,
    action LowCardinality(String),
    actor String,
    note String,
    muted_until DateTime64(9),
    at DateTime64(9) DEFAULT now64(9)
) ENGINE = $MergeTree
ORDER BY (tenant, finding_id, at)
SETTINGS non_replicated_deduplication_window = 1000;

-- How far each analyzer has come, per part of the lanes; read with FINAL.
CREATE TABLE IF NOT EXISTS analyzer_progress$local $on_cluster (
    analyzer LowCardinality(String),
    shard UInt32,
    shards UInt32,
    received_until DateTime64(9),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (analyzer, shards, shard)
SETTINGS non_replicated_deduplication_window = 1000;

-- What operators set for signatures, append-only: the newest row of a signature counts. mode: on,
-- shadow (recorded, not told) or off.
CREATE TABLE IF NOT EXISTS signature_settings$local $on_cluster (
    tenant LowCardinality(String),
    signature LowCardinality(String),
    mode LowCardinality(String),
    actor String,
    at DateTime64(9) DEFAULT now64(9)
) ENGINE = $MergeTree
ORDER BY (tenant, signature, at)
SETTINGS non_replicated_deduplication_window = 1000
