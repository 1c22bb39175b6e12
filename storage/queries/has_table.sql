-- Whether the current database has this table.
SELECT count() > 0 AS found FROM system.tables WHERE database = currentDatabase() AND name = {name:String}
