-- What was spent on each day? Days of UTC.
SELECT toStartOfDay(toDateTime(ts, 'UTC')) AS time, sum(ifNull(cost_usd, 0)) AS usd
FROM v1_steps
WHERE {narrowed} AND {version}
GROUP BY time
ORDER BY time
LIMIT 400
