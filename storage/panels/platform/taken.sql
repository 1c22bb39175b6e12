-- What do the processes accept, refuse and fail to take, in spans a second?
SELECT time, sum(accepted) AS accepted, sum(refused) AS refused, sum(failures) AS failed
FROM (
    SELECT $__timeInterval(ts) AS time, process, host,
        greatest(max(accepted_spans) - min(accepted_spans), 0) / $__interval_s AS accepted,
        greatest(max(refused_spans) - min(refused_spans), 0) / $__interval_s AS refused,
        greatest(max(failed_spans) - min(failed_spans), 0) / $__interval_s AS failures
    FROM v1_platform
    WHERE $__timeFilter(ts)
    GROUP BY time, process, host)
GROUP BY time
ORDER BY time
LIMIT 20000
