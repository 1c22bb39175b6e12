-- How long does it take to build a chain? 95th percentile.
SELECT quantileOrNull(0.95)(duration_ms) AS p95_ms
FROM v1_chains
WHERE {timed}
