-- Which tenants have agents that decided something in a span of time?
SELECT tenant
FROM decisions
WHERE ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')} AND agent != '' AND NOT startsWith(agent, 'human:')
    AND action != ''
GROUP BY tenant
ORDER BY tenant
LIMIT {rows_max:UInt64}
