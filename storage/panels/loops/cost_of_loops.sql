-- What do runs with a loop cost, as time goes on?
SELECT $__timeInterval(ts) AS time, agent, sum(ifNull(cost_usd, 0)) AS usd
FROM v1_steps
WHERE {narrowed} AND trace_id IN (
    SELECT arrayJoin(trace_ids)
    FROM v1_findings
    WHERE {found} AND signature LIKE 'LOOP-%')
GROUP BY time, agent
ORDER BY time, agent
LIMIT 20000
