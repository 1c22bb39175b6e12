-- Which kinds of failure were found, as time goes on?
SELECT $__timeInterval(ts) AS time, signature, count() AS findings
FROM v1_findings
WHERE {found}
GROUP BY time, signature
ORDER BY time, signature
LIMIT 20000
