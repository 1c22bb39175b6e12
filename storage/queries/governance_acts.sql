-- What did agents do in a span of time that a switch speaks of? Tools that they used, by agent and time; tenant,
-- agent and tool empty for all.
SELECT agent, ts
FROM steps FINAL
WHERE ts > {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')} AND received >= {since:DateTime64(9, 'UTC')}
    AND agent != '' AND tool != '' AND ({tenant:String} = '' OR tenant = {tenant:String})
    AND ({agent:String} = '' OR agent = {agent:String}) AND ({tool:String} = '' OR tool = {tool:String})
ORDER BY ts
LIMIT {rows_max:UInt64}
