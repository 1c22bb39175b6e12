-- How far have the analyzers come? ts: everything received before it is analyzed.
CREATE VIEW IF NOT EXISTS v1_analysis $on_cluster AS
SELECT analyzer, shard, shards, received_until AS ts
FROM analyzer_progress FINAL
