-- How many intents of a kind had an effect of a kind on a day, by how their runs ended; effect_kind empty: any
-- effect. Counted anew by mining; read with FINAL.
CREATE TABLE IF NOT EXISTS intent_effects$local $on_cluster (
    tenant LowCardinality(String),
    intent_kind String,
    day Date,
    effect_kind String,
    unblamed UInt64,
    bad UInt64,
    revision UInt64
) ENGINE = $ReplacingMergeTree(revision)
ORDER BY (tenant, intent_kind, day, effect_kind)
TTL day + toIntervalDay(70)
SETTINGS non_replicated_deduplication_window = 1000
