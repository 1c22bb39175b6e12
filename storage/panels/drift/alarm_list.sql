-- Which alarms were raised, and since when is it otherwise?
SELECT ts, agent, metric, lane, likeliest AS changed_at, changed_from, changed_until, paged, shared_cause, alarm_id
FROM v1_drift_alarms
WHERE {narrowed}
ORDER BY ts DESC
LIMIT 200
