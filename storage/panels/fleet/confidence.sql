-- How sure are agents? Median and the middle half of what they say.
SELECT $__timeInterval(ts) AS time, quantile(0.25)(confidence) AS p25, quantile(0.5)(confidence) AS median,
    quantile(0.75)(confidence) AS p75
FROM v1_decisions
WHERE {narrowed} AND confidence IS NOT NULL
GROUP BY time
ORDER BY time
LIMIT 20000
