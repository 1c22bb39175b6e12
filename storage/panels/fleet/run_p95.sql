-- How long does a run take, 19 times of 20? Runs of agents from end to end, 95th percentile.
SELECT quantileOrNull(0.95)(duration_ms) AS p95_ms
FROM v1_steps
WHERE {narrowed} AND operation = 'invoke_agent'
