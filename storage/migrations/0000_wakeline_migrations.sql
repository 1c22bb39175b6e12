-- Which migrations this database has seen, append-only.
CREATE TABLE IF NOT EXISTS wakeline_migrations$local $on_cluster (
    number UInt32,
    name String,
    checksum String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = $MergeTree
ORDER BY (number, applied_at)
SETTINGS non_replicated_deduplication_window = 1000
