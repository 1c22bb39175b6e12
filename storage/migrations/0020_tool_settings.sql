-- What tools.yaml says beside its tools: the newest generation counts. hubs: most entities that an
-- entity type may connect inside one case, 0 = never.
CREATE TABLE IF NOT EXISTS tool_settings$local $on_cluster (
    generation UInt64,
    volatile_arguments Array(String),
    hubs Map(String, Int64)
) ENGINE = $MergeTree
ORDER BY generation
SETTINGS non_replicated_deduplication_window = 1000
