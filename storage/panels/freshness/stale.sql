-- How many decisions rested on a value that had been overwritten (DATA-01)?
SELECT count() AS findings
FROM v1_findings
WHERE {found} AND signature = 'DATA-01'
