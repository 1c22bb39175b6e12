-- How large is each table?
SELECT table, parts, rows, bytes, bytes / nullIf(rows, 0) AS bytes_per_row, ts AS written
FROM v1_parts
ORDER BY bytes DESC, table
LIMIT 100
