-- Which text each derived view has, append-only: the newest row of a name counts.
CREATE TABLE IF NOT EXISTS wakeline_views$local $on_cluster (
    name String,
    checksum String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = $MergeTree
ORDER BY (name, applied_at)
SETTINGS non_replicated_deduplication_window = 1000
