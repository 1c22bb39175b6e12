-- How long has each agent been silent, as a multiple of the pauses that it usually makes? 1 is three times the
-- longest pause of these hours, or a quarter of an hour where that is more. Of agents with at least 20 steps.
SELECT agent, ($__toTime - toDateTime(max(minute))) / greatest(900, 3 * arrayMax(
    arrayDifference(arraySort(groupArray(toUnixTimestamp(minute)))))) AS of_usual
FROM (
    SELECT agent, toStartOfMinute(ts) AS minute, count() AS taken
    FROM v1_steps
    WHERE $__timeFilter(ts) AND agent != ''
    GROUP BY agent, minute)
GROUP BY agent
HAVING sum(taken) >= 20
ORDER BY of_usual DESC, agent
LIMIT 200
