-- How many decisions of each agent rested on a value that had been overwritten?
SELECT arrayJoin(agents) AS agent, toFloat64(count()) AS findings
FROM v1_findings
WHERE $__timeFilter(ts) AND signature = 'DATA-01'
GROUP BY agent
ORDER BY findings DESC, agent
LIMIT 200
