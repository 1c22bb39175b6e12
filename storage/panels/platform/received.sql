-- Which services send how many spans, in spans a second?
SELECT $__timeInterval(ts) AS time, service, count() / $__interval_s AS spans_per_s
FROM v1_received
WHERE {timed}
GROUP BY time, service
ORDER BY time, service
LIMIT 20000
