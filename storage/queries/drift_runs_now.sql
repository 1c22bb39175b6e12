-- How many runs of each agent began in the windows `numbers`, by what is stored now, where it is something else than
-- when they were closed?
SELECT number, agent, any(closed) AS runs_closed, count() AS runs_now
FROM (
    SELECT toString(agent) AS agent, trace_id, min(ts) AS began, $drift_number AS number
    FROM steps
    WHERE tenant = {tenant:String} AND agent != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY agent, trace_id
    HAVING number IN {numbers:Array(Int32)}) AS runs
LEFT JOIN (
    SELECT number, agent, sum(traces) AS closed
    FROM drift_windows FINAL
    WHERE tenant = {tenant:String} AND lane = {lane:String} AND metric = 'errors' AND number IN {numbers:Array(Int32)}
    GROUP BY number, agent) AS known USING (number, agent)
GROUP BY number, agent
HAVING runs_now != runs_closed
ORDER BY number, agent
LIMIT {rows_max:UInt32}
