-- How many of them called somebody?
SELECT countIf(paged) AS alarms
FROM v1_drift_alarms
WHERE {narrowed}
