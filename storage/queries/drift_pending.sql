-- Which windows of a tenant have runs that began in [since, until): how many, of them how many have ended (nothing
-- came for ten minutes), and when was the first of them received?
SELECT number, $drift_start AS window_start, $drift_end AS window_end, count() AS runs,
    countIf(last_received < {now:DateTime64(9, 'UTC')} - toIntervalMinute(10)) AS ended, min(first_received) AS came_at
FROM (
    SELECT agent, trace_id, min(ts) AS began, $drift_number AS number, min(received) AS first_received,
        max(received) AS last_received
    FROM steps
    WHERE tenant = {tenant:String} AND agent != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY agent, trace_id)
WHERE number > {after:Int32}
GROUP BY number
ORDER BY number
LIMIT {rows_max:UInt32}
