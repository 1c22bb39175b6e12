-- How many changes did people and rules make?
SELECT count() AS changes
FROM v1_governance
WHERE {timed}
