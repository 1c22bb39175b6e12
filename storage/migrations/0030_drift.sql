-- What drift is found in: windows that were closed once, streams and what is remembered of them, alarms, and
-- what people said. Read with FINAL, for a run that was cut off writes the same rows again.
-- lane: day, hour, or late (days whose outcomes are old enough); number: days or hours since 1970.
CREATE TABLE IF NOT EXISTS drift_closings$local $on_cluster (
    tenant LowCardinality(String), lane LowCardinality(String), number Int32, window_start DateTime('UTC'),
    window_end DateTime('UTC'), state LowCardinality(String), closed_share Float64, runs UInt64,
    closed_at DateTime64(9), revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, lane, number)
TTL toDateTime(closed_at) + toIntervalDay(800);
-- One row for each metric of an agent and version in a window: traces are those that say something of it,
-- intent_traces how many for each intent; names and counts what was counted, as intent U+001F name: of tools,
-- decisions, transitions, numbered bins. What is beyond the most frequent is '__other'.
CREATE TABLE IF NOT EXISTS drift_windows$local $on_cluster (
    tenant LowCardinality(String), lane LowCardinality(String), metric LowCardinality(String), agent String,
    version String, number Int32, window_start DateTime('UTC'), window_end DateTime('UTC'), traces UInt64,
    intents Array(String), intent_traces Array(UInt64), names Array(String), counts Array(UInt64),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(window_start, 'UTC')
ORDER BY (tenant, lane, metric, number, agent, version)
TTL window_start + toIntervalDay(800)
SETTINGS ttl_only_drop_parts = 1;
-- Closed windows that hold something else by now, because spans came late: shown, never tested.
CREATE TABLE IF NOT EXISTS drift_corrections$local $on_cluster (
    tenant LowCardinality(String), lane LowCardinality(String), number Int32, agent String, runs_closed UInt64,
    runs_now UInt64, revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, lane, number, agent);
-- How far a stream was read. memory: of its channels, as bytes in base64; plan: its channels and what they
-- were chosen by, and waiting: windows that are too small to be read alone, both JSON.
CREATE TABLE IF NOT EXISTS drift_streams$local $on_cluster (
    tenant LowCardinality(String), lane LowCardinality(String), metric LowCardinality(String), agent String,
    epoch_start Int32, number Int32, window_start DateTime('UTC'), window_end DateTime('UTC'), traces UInt64,
    windows UInt32, state LowCardinality(String), evidence Nullable(Float64), threshold Float64, rho Float64,
    alarm_id String, told Bool, plan String CODEC(ZSTD(1)), waiting String CODEC(ZSTD(1)), memory String CODEC(LZ4),
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, lane, metric, agent);
-- What each window said of a stream: readings and evidence one a channel, in the order of `channels`.
CREATE TABLE IF NOT EXISTS drift_readings$local $on_cluster (
    tenant LowCardinality(String), lane LowCardinality(String), metric LowCardinality(String), agent String,
    epoch_start Int32, number Int32, window_start DateTime('UTC'), window_end DateTime('UTC'), stratum UInt8,
    traces UInt64, readings Array(Float64), evidence Array(Float64), stream_evidence Nullable(Float64),
    threshold Float64, revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
PARTITION BY toYYYYMM(window_start, 'UTC')
ORDER BY (tenant, lane, metric, agent, number)
TTL window_start + toIntervalDay(800)
SETTINGS ttl_only_drop_parts = 1;
-- Alarms as they were raised; said and inputs are JSON: what it says, and all that it follows from.
CREATE TABLE IF NOT EXISTS drift_alarms$local $on_cluster (
    tenant LowCardinality(String), alarm_id String, lane LowCardinality(String), metric LowCardinality(String),
    agent String, epoch_start Int32, number Int32, window_start DateTime('UTC'), window_end DateTime('UTC'),
    changed_from DateTime('UTC'), changed_until DateTime('UTC'), likeliest DateTime('UTC'), paged Bool,
    shared_cause String, raised_at DateTime64(9), said String CODEC(ZSTD(1)), inputs String CODEC(ZSTD(1)),
    inputs_hash String, revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, alarm_id);
-- What people said to alarms, append-only; the newest counts.
CREATE TABLE IF NOT EXISTS drift_verdicts$local $on_cluster (
    tenant LowCardinality(String), alarm_id String, verdict LowCardinality(String), reason String, actor String,
    at DateTime64(9), revision UInt64
) ENGINE = $MergeTree
ORDER BY (tenant, alarm_id, revision);
-- Times in which change is expected (kind change) or nothing is usual (holiday); agent empty: all.
CREATE TABLE IF NOT EXISTS drift_expected$local $on_cluster (
    tenant LowCardinality(String), expected_id String, agent String, kind LowCardinality(String),
    since DateTime64(9), until DateTime64(9), why String, actor String, revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, expected_id)
