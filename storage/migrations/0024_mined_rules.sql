-- Orders of tools that runs which end well keep to, append-only: the newest row of each kind counts.
-- Rows of mining have an empty state and say what was counted (support and held in runs, confidence and q
-- 0 to 1, holds: it still passes); rows of people have the state that they set, and who they are.
CREATE TABLE IF NOT EXISTS mined_rules$local $on_cluster (
    tenant LowCardinality(String),
    rule_id String,
    kind LowCardinality(String),
    scope String,
    first_tool String,
    second_tool String,
    support UInt64,
    held UInt64,
    confidence Float64,
    q Float64,
    holds Bool,
    state LowCardinality(String),
    actor String,
    at DateTime64(9) DEFAULT now64(9),
    revision UInt64
) ENGINE = $MergeTree
ORDER BY (tenant, rule_id, revision)
SETTINGS non_replicated_deduplication_window = 1000
