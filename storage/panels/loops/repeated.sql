-- Which calls are repeated most within one run? Same tool, same arguments.
SELECT who AS agent, what AS tool, max(calls) AS most_calls, countIf(calls > 2) AS runs_with_repeats,
    argMax(run, calls) AS trace_id
FROM (
    SELECT any(agent) AS who, any(tool) AS what, any(trace_id) AS run, count() AS calls
    FROM v1_steps
    WHERE {narrowed} AND operation = 'execute_tool' AND cityHash64(agent, trace_id, tool, arguments_hash) IN (
        SELECT cityHash64(agent, trace_id, tool, arguments_hash) AS call
        FROM v1_steps
        WHERE {narrowed} AND operation = 'execute_tool' AND arguments_hash != 0
        GROUP BY call
        HAVING count() > 1)
    GROUP BY cityHash64(agent, trace_id, tool, arguments_hash))
GROUP BY agent, tool
ORDER BY most_calls DESC, agent, tool
LIMIT 100
