-- Where did nobody fail alone? Findings in which several agents have a share.
SELECT ts, severity, signature, agents, reason, case_id, finding_id, trace_ids[1] AS trace_id
FROM v1_findings
WHERE {found} AND length(agents) > 1
ORDER BY ts DESC
LIMIT 100
