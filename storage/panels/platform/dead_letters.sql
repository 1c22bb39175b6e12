-- How many requests were set aside because the store refused them?
SELECT sum(letters) AS dead_letters
FROM (
    SELECT argMax(dead_letters, ts) AS letters
    FROM v1_platform
    WHERE $__timeFilter(ts)
    GROUP BY process, host)
