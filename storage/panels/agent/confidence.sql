-- How sure is it, beside the threshold that is asked for?
SELECT $__timeInterval(ts) AS time, quantile(0.5)(confidence) AS median, min(confidence) AS least,
    avg(threshold) AS threshold
FROM v1_decisions
WHERE {narrowed} AND {action} AND confidence IS NOT NULL
GROUP BY time
ORDER BY time
LIMIT 20000
