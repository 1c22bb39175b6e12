-- What was found, the latest first?
SELECT ts, severity, signature, agents, confidence, reason, case_id, finding_id, trace_ids[1] AS trace_id
FROM v1_findings
WHERE {found}
ORDER BY ts DESC
LIMIT 200
