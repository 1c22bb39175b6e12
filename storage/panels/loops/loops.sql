-- How many loops were found?
SELECT count() AS loops
FROM v1_findings
WHERE {found} AND signature LIKE 'LOOP-%'
