-- When was something found, by severity?
SELECT $__timeInterval(ts) AS time, severity, count() AS findings
FROM v1_findings
WHERE {found}
GROUP BY time, severity
ORDER BY time, severity
LIMIT 20000
