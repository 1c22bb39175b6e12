-- How many findings of severity high or critical are there?
SELECT count() AS findings
FROM v1_findings
WHERE {found} AND severity IN ('high', 'critical')
