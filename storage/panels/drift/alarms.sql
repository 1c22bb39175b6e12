-- How many alarms of drift were raised?
SELECT count() AS alarms
FROM v1_drift_alarms
WHERE {narrowed}
