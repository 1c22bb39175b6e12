-- How many runs did each closed window hold? Too few say nothing.
SELECT toDateTime(ts) AS time, agent, max(traces) AS runs
FROM v1_drift_windows
WHERE {narrowed} AND lane = 'day'
GROUP BY time, agent
ORDER BY time, agent
LIMIT 20000
