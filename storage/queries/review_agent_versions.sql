-- Which version of each agent ran in these traces, which began in a span of time? The last one that was said.
SELECT trace_id, toString(agent) AS agent_name, toString(argMax(agent_version, ts)) AS last_version
FROM steps
WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    AND trace_id IN {trace_ids:Array(String)} AND agent_version != ''
GROUP BY trace_id, agent
ORDER BY trace_id, agent
LIMIT {rows_max:UInt64}
