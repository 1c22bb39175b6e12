-- Which migrations were applied: number, name and checksum of the latest record of each.
SELECT number, argMax(name, applied_at) AS name, argMax(checksum, applied_at) AS checksum
FROM wakeline_migrations
GROUP BY number
ORDER BY number
LIMIT 100000
