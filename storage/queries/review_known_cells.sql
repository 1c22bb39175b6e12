-- With which actions did agents decide something in a span of time?
SELECT toString(agent) AS agent, toString(action) AS action
FROM decisions
WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    AND agent != '' AND action != ''
GROUP BY agent, action
ORDER BY agent, action
LIMIT {rows_max:UInt64}
