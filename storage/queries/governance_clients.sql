-- Which clients of agents pulled since a time, and when last?
SELECT tenant, agent, client, max(at) AS last_at
FROM governance_pulls
WHERE switch_id = '' AND at >= {since:DateTime64(6, 'UTC')} AND ({tenant:String} = '' OR tenant = {tenant:String})
GROUP BY tenant, agent, client
ORDER BY tenant, agent, client
LIMIT {rows_max:UInt64}
