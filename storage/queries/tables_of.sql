-- Those of some names that are tables or views of the current database.
SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)} LIMIT 1000
