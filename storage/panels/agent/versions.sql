-- How do its versions compare?
SELECT version, min(ts) AS first, max(ts) AS last, uniqExact(cityHash64(trace_id)) AS runs, count() AS steps,
    avg(failed) AS failed, sum(ifNull(cost_usd, 0)) / runs AS usd_per_run
FROM v1_steps
WHERE {narrowed} AND {version}
GROUP BY version
ORDER BY first DESC
LIMIT 50
