-- How large are the tables on disk? bytes compressed.
CREATE VIEW IF NOT EXISTS v1_parts $on_cluster AS
SELECT table, count() AS parts, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, max(modification_time) AS ts
FROM system.parts
WHERE active AND database = currentDatabase()
GROUP BY table
