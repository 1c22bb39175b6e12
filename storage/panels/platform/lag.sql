-- How long after its end is a span here? 99th percentile; what was replayed later counts too.
SELECT quantileOrNull(0.99)(lag_s) AS p99_s
FROM v1_received
WHERE {timed}
