-- How long does the oldest segment wait to be stored?
SELECT max(age_s) AS age_s
FROM (
    SELECT argMax(queue_age_s, ts) AS age_s
    FROM v1_platform
    WHERE $__timeFilter(ts)
    GROUP BY process, host)
