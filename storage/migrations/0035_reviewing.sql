-- The weekly review as people do it takes the place of two tables that nothing wrote to.
DROP TABLE IF EXISTS review_samples $on_cluster;

DROP TABLE IF EXISTS review_samples$local $on_cluster;

DROP TABLE IF EXISTS review_verdicts $on_cluster;

DROP TABLE IF EXISTS review_verdicts$local $on_cluster;

-- How a closed week was drawn, before anybody saw a case; the first row of a week counts. week: ISO year x 100 + ISO
-- week of the zone. known_until: what was received later is not in the frame. key_id: of the key, which is kept apart.
-- cells: JSON, each agent and action with what its chances follow from. attempt: random, tells who drew.
CREATE TABLE IF NOT EXISTS review_draws$local $on_cluster (
    tenant LowCardinality(String), week UInt32, zone LowCardinality(String), begins DateTime64(6, 'UTC'),
    ends DateTime64(6, 'UTC'), known_until DateTime64(6, 'UTC'), key_id String, budget Float64, uniform Float64,
    minimum Float64, classifier LowCardinality(String), frame UInt64, frame_sha256 String, drawn UInt64,
    sample_sha256 String, cells String CODEC(ZSTD(3)), drawn_by String, drawn_at DateTime64(6, 'UTC'), attempt String
) ENGINE = $MergeTree
ORDER BY (tenant, week, drawn_at)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 10000;

-- Decisions of a week that more pointed at than at others, so that the draw can be computed again. boost: 1 or more.
CREATE TABLE IF NOT EXISTS review_boosts$local $on_cluster (
    tenant LowCardinality(String), week UInt32, attempt String, decision_id String, boost Float64
) ENGINE = $MergeTree
ORDER BY (tenant, week, attempt, decision_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- Cases that people look at. look: first (drawn), second (the same, by another), blind (of an earlier week, by the same),
-- gold (its verdict is known), hand (added by a person). case_id: random, tells nothing of its look. What was known of
-- the decision is kept with it. pi: chance with which it was drawn, NULL unless it counts in estimates.
CREATE TABLE IF NOT EXISTS review_cases$local $on_cluster (
    tenant LowCardinality(String), week UInt32, case_id String, look LowCardinality(String), decision_id String,
    agent LowCardinality(String), action LowCardinality(String), decided_at DateTime64(6, 'UTC'), trace_id String,
    span_id String, confidence Nullable(Float64), amount Nullable(Float64), currency LowCardinality(String),
    agent_version LowCardinality(String), threshold_version String, outcome LowCardinality(String), u Float64,
    pi Nullable(Float64), pi_uniform Float64, of_week UInt32, added_by String, why String, attempt String,
    added_at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, week, case_id)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- Who has a case before them, append-only: of each case the row with the greatest number. It ends by itself.
CREATE TABLE IF NOT EXISTS review_claims$local $on_cluster (
    tenant LowCardinality(String), week UInt32, case_id String, number UInt32, reviewer String,
    at DateTime64(6, 'UTC'), until DateTime64(6, 'UTC'), attempt String
) ENGINE = $MergeTree
ORDER BY (tenant, week, case_id, number)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 10000;

-- What people said of cases, append-only: the newest of a reviewer counts. verdict: fine, harm or skipped. cost: dollars
-- that the harm cost. settles: said by who settles what two reviewers said differently.
CREATE TABLE IF NOT EXISTS review_case_verdicts$local $on_cluster (
    tenant LowCardinality(String), week UInt32, case_id String, reviewer String, verdict LowCardinality(String),
    reason LowCardinality(String), note String, cost Nullable(Float64), rubric LowCardinality(String), settles Bool,
    at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, week, case_id, reviewer, at)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- Decisions of which the right verdict is known, append-only: the newest row of a decision counts, unless it is taken
-- out. Kept as a case that people looked at.
CREATE TABLE IF NOT EXISTS review_gold$local $on_cluster (
    tenant LowCardinality(String), decision_id String, of_week UInt32, of_case String,
    verdict LowCardinality(String), why String, taken_out Bool, by String, at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, decision_id, at)
SETTINGS index_granularity = 1024, non_replicated_deduplication_window = 1000;

-- Reports of weeks as they were signed off; the record of changes has the hash. figures: JSON; markdown, html: as people
-- read them.
CREATE TABLE IF NOT EXISTS review_reports$local $on_cluster (
    tenant LowCardinality(String), week UInt32, sha256 String, figures String CODEC(ZSTD(3)),
    markdown String CODEC(ZSTD(3)), html String CODEC(ZSTD(3)), made_at DateTime64(6, 'UTC')
) ENGINE = $MergeTree
ORDER BY (tenant, week, sha256)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 1000
