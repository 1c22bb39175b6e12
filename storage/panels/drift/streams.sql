-- Where does each stream stand? Without evidence there is too little yet.
SELECT agent, metric, lane, state, evidence / nullIf(threshold, 0) AS of_threshold, traces, windows, ts AS read_until, alarm_id
FROM v1_drift_streams
WHERE {tenant} AND {agent} AND ts >= $__fromTime - 86400
ORDER BY of_threshold DESC NULLS LAST, agent, metric
LIMIT 500
