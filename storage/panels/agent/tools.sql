-- Which tools does it call, how long do they take, how often do they fail?
SELECT tool, count() AS calls, avg(failed) AS failed, quantile(0.5)(duration_ms) AS p50_ms,
    quantile(0.95)(duration_ms) AS p95_ms, uniqExact(cityHash64(trace_id)) AS runs
FROM v1_steps
WHERE {narrowed} AND {version} AND operation = 'execute_tool'
GROUP BY tool
ORDER BY calls DESC, tool
LIMIT 100
