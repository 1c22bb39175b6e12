-- What people and rules changed in governance, append-only: limits of agents, proposals, kill switches. A chain
-- for each tenant: sequence is 1, 2, 3, …, previous and sha256 are hex. before, after, state: JSON; state is what
-- the change left, from which all is read back. attempt: random, tells who took a sequence of those who tried.
CREATE TABLE IF NOT EXISTS governance_changes$local $on_cluster (
    tenant LowCardinality(String),
    sequence UInt64,
    at DateTime64(6, 'UTC'),
    who String,
    action LowCardinality(String),
    subject String,
    before String CODEC(ZSTD(3)),
    after String CODEC(ZSTD(3)),
    why String,
    state String CODEC(ZSTD(3)),
    previous String,
    sha256 String,
    attempt String,
    stored_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = $MergeTree
ORDER BY (tenant, sequence)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 10000;

-- When clients of agents pulled: switch_id is empty for the last pull of any document, else the first pull of one
-- that told of the switch. client: a process of the agent.
CREATE TABLE IF NOT EXISTS governance_pulls$local $on_cluster (
    tenant LowCardinality(String),
    switch_id String,
    agent LowCardinality(String),
    client String,
    at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, switch_id, agent, client, at)
TTL toDateTime(at) + toIntervalDay(90)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000
