-- The cluster-wide face of a table: same name as on one server, rows live in the _local table.
CREATE TABLE IF NOT EXISTS $table $on_cluster AS ${table}_local
ENGINE = Distributed('$cluster', currentDatabase(), ${table}_local, $shard)
