-- Of how many streams is there too little to say anything yet?
SELECT countIf(evidence IS NULL) AS streams
FROM v1_drift_streams
WHERE {tenant} AND {agent} AND ts >= $__fromTime - 86400
LIMIT 1
