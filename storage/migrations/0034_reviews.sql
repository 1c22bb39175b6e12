-- Decisions of closed weeks that people look at, as they were drawn before anybody saw one. week: ISO year x 100 + ISO
-- week. u: keyed hash as a share, 0 to 1; pi: the chance with which it was drawn; pi_uniform: the part of pi that each
-- decision of its agent and action has. attempt: random, tells who drew of those who tried.
CREATE TABLE IF NOT EXISTS review_samples$local $on_cluster (
    tenant LowCardinality(String),
    week UInt32,
    agent LowCardinality(String),
    action LowCardinality(String),
    decision_id String,
    u Float64,
    pi Float64,
    pi_uniform Float64,
    attempt String,
    drawn_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = $MergeTree
ORDER BY (tenant, week, agent, action, decision_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- What people said of decisions, append-only: the newest verdict of a decision counts. verdict: fine, harm or skipped,
-- with a reason; decisions that are in no sample were added by hand.
CREATE TABLE IF NOT EXISTS review_verdicts$local $on_cluster (
    tenant LowCardinality(String),
    week UInt32,
    agent LowCardinality(String),
    action LowCardinality(String),
    decision_id String,
    reviewer String,
    verdict LowCardinality(String),
    reason String,
    note String,
    rubric LowCardinality(String),
    at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, week, agent, action, decision_id, at)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000
