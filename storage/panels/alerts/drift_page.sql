-- How many alarms of drift that are to call somebody were raised for each agent?
SELECT agent, toFloat64(countIf(paged)) AS alarms
FROM v1_drift_alarms
WHERE $__timeFilter(ts)
GROUP BY agent
ORDER BY alarms DESC, agent
LIMIT 200
