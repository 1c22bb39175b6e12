-- API keys, append-only: a revoked key is a later row of the same key_id. Only hashes are stored.
CREATE TABLE IF NOT EXISTS api_keys$local $on_cluster (
    key_id String,
    tenant LowCardinality(String),
    name String,
    scopes Array(LowCardinality(String)),
    secret_sha256 String,
    revoked Bool,
    changed_at DateTime64(6, 'UTC') DEFAULT now64(6)
) ENGINE = $MergeTree
ORDER BY (key_id, changed_at)
SETTINGS non_replicated_deduplication_window = 1000
