-- How many of the findings that are asked for are in which state, by tenant, signature and severity?
SELECT tenant, signature, severity, state, shadow, retracted, count() AS findings
FROM ($asked_findings)
GROUP BY tenant, signature, severity, state, shadow, retracted
LIMIT 10000
