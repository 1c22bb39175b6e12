-- Which tenants sent steps of agents since then, by receipt, and when did the earliest of them begin?
SELECT tenant, min(ts) AS first_at
FROM steps
WHERE received >= {since:DateTime64(9, 'UTC')} AND ts >= {oldest:DateTime64(9, 'UTC')} AND agent != ''
GROUP BY tenant
ORDER BY tenant
LIMIT {rows_max:UInt32}
