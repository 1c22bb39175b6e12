-- How many streams are watched?
SELECT count() AS streams
FROM v1_drift_streams
WHERE {tenant} AND {agent} AND ts >= $__fromTime - 86400
LIMIT 1
