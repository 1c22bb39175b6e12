-- What would a switch have stopped since a time, by agent? Steps, traces and cases in which it would have stopped
-- something, and decisions taken there with what was at stake; tenant, agent and tool empty for all.
SELECT tenant, agent, steps, traces, cases, last_at, decisions, amount
FROM (
    SELECT tenant, agent, count() AS steps, uniqExact(trace_id) AS traces, uniqExactIf(case_id, case_id != '') AS cases, max(ts) AS last_at
    FROM steps FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} AND agent != '' AND ({tenant:String} = '' OR tenant = {tenant:String})
        AND ({agent:String} = '' OR agent = {agent:String}) AND ({tool:String} = '' OR tool = {tool:String})
    GROUP BY tenant, agent) AS stopped
LEFT JOIN (
    SELECT tenant, agent, count() AS decisions, sum(ifNull(amount, 0)) AS amount
    FROM decisions FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} AND ({tenant:String} = '' OR tenant = {tenant:String})
        AND ({agent:String} = '' OR agent = {agent:String})
    GROUP BY tenant, agent) AS taken USING (tenant, agent)
ORDER BY steps DESC, tenant, agent
LIMIT {rows_max:UInt64}
