-- Which agents fail in which way?
SELECT signature, arrayJoin(agents) AS agent, count() AS findings, max(ts) AS last
FROM v1_findings
WHERE {found}
GROUP BY signature, agent
ORDER BY findings DESC, signature, agent
LIMIT 500
