-- Which decisions rested on a value that had been overwritten?
SELECT ts, severity, agents, reason, case_id, finding_id, trace_ids[1] AS trace_id
FROM v1_findings
WHERE {found} AND signature LIKE 'DATA-%'
ORDER BY ts DESC
LIMIT 100
