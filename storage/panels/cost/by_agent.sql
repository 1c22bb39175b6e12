-- Which agents spend it, in USD an hour? The 15 that spend most.
SELECT time, agent, usd * 3600 / $__interval_s AS usd_per_h
FROM (
    SELECT time, agent, usd, dense_rank() OVER (ORDER BY spent DESC, agent) AS place
    FROM (
        SELECT time, agent, usd, sum(usd) OVER (PARTITION BY agent) AS spent
        FROM (
            SELECT $__timeInterval(ts) AS time, agent, sum(ifNull(cost_usd, 0)) AS usd
            FROM v1_steps
            WHERE {narrowed} AND {version} AND cost_origin != 'none'
            GROUP BY time, agent)))
WHERE place <= 15
ORDER BY time, agent
LIMIT 20000
