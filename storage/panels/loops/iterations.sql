-- How often is one call repeated within one run? Calls with the same tool and arguments, by how many they are; 200 and
-- more are one bar.
SELECT xMin, xMin + 1 AS xMax, sum(found) AS repeated_calls
FROM (
    SELECT toUInt64(least(calls, 200)) AS xMin, count() AS found
    FROM (
        SELECT count() AS calls
        FROM v1_steps
        WHERE {narrowed} AND operation = 'execute_tool' AND arguments_hash != 0
        GROUP BY cityHash64(agent, trace_id, tool, arguments_hash))
    GROUP BY xMin)
GROUP BY xMin
ORDER BY xMin WITH FILL INTERPOLATE (xMax AS xMax + 1)
LIMIT 200
