-- Who changed what in governance, and why?
SELECT ts, sequence, who, action, subject, why, before, after
FROM v1_governance
WHERE {timed}
ORDER BY ts DESC
LIMIT 200
