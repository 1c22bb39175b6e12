-- What did runs in which a loop was found cost, in USD?
SELECT agent, sum(ifNull(cost_usd, 0)) AS usd
FROM v1_steps
WHERE $__timeFilter(ts) AND agent != '' AND trace_id IN (
    SELECT arrayJoin(trace_ids)
    FROM v1_findings
    WHERE $__timeFilter(ts) AND signature LIKE 'LOOP-%')
GROUP BY agent
ORDER BY usd DESC, agent
LIMIT 200
