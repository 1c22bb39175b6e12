-- What was found about it?
SELECT ts, severity, signature, confidence, reason, case_id, finding_id, trace_ids[1] AS trace_id
FROM v1_findings
WHERE {found}
ORDER BY ts DESC
LIMIT 100
