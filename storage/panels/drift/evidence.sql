-- How much evidence is there against the agents' former behaviour, as share of what raises an alarm? The 20 streams with
-- most of it; blank where there is too little to say.
SELECT toDateTime(ts) AS time, concat(agent, ' ', metric) AS stream, max(evidence / nullIf(threshold, 0)) AS of_threshold
FROM v1_drift_readings
WHERE {narrowed} AND evidence IS NOT NULL AND (agent, metric) IN (
    SELECT agent, metric
    FROM v1_drift_readings
    WHERE {narrowed} AND evidence IS NOT NULL
    GROUP BY agent, metric
    ORDER BY max(evidence / nullIf(threshold, 0)) DESC NULLS LAST, agent, metric
    LIMIT 20)
GROUP BY time, stream
ORDER BY time, stream
LIMIT 20000
