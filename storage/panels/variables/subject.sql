-- Of which outcomes was a chain built?
SELECT subject
FROM v1_chains
WHERE {timed}
ORDER BY ts DESC
LIMIT 500
