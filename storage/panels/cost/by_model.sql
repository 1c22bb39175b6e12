-- What is spent on which model, in USD an hour?
SELECT $__timeInterval(ts) AS time, model, sum(ifNull(cost_usd, 0)) * 3600 / $__interval_s AS usd_per_h
FROM v1_steps
WHERE {narrowed} AND {version} AND cost_origin != 'none'
GROUP BY time, model
ORDER BY time, model
LIMIT 20000
