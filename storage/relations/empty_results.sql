-- Which calls succeeded with nothing, or with part of what there is, although this tool hardly ever does,
-- and something was decided or done after it? empty_share: of its calls in a week, this one aside.
WITH $touched_contents,
empties AS (
    SELECT tenant, trace_id, span_id, agent, case_id, tool, ts, rows AS row_count, total AS row_total FROM told
    WHERE operation = 'execute_tool' AND (rows = 0 OR rows > 0 AND total > rows)),
history AS (
    SELECT tenant, tool, toInt64(count()) AS calls, toInt64(countIf(rows = 0 OR rows > 0 AND total > rows)) AS empty_calls
    FROM contents FINAL
    WHERE received >= {until:DateTime64(9, 'UTC')} - toIntervalDay(7) AND received < {until:DateTime64(9, 'UTC')}
        AND operation = 'execute_tool' AND rows >= 0 AND (tenant, tool) IN (SELECT tenant, tool FROM empties)
    GROUP BY tenant, tool),
uses AS (
    SELECT tenant, trace_id, max(used_at) AS last_use, argMax(use_span, used_at) AS use_span FROM (
        SELECT tenant, trace_id, ts AS used_at, span_id AS use_span FROM decisions FINAL
            WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM empties) AND ts >= (SELECT min(ts) FROM empties)
        UNION ALL
        SELECT tenant, trace_id, ts, span_id FROM effects FINAL
            WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM empties) AND ts >= (SELECT min(ts) FROM empties)
        UNION ALL
        SELECT tenant, trace_id, ts, span_id FROM told WHERE operation = 'execute_tool' AND $changes_things)
    GROUP BY tenant, trace_id),
again AS (
    SELECT tenant, trace_id, tool, max(ts) AS filled_at FROM told WHERE operation = 'execute_tool' AND rows > 0 AND total <= rows
    GROUP BY tenant, trace_id, tool)
SELECT tenant, concat('trace:', trace_id) AS lane, e.span_id AS anchor, [agent_name] AS agents, case_id, e.ts AS first_ts, last_use AS last_ts,
    [(trace_id, e.span_id, 'cause'), (trace_id, use_span, 'effect')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, tool, calls, (empty_calls - 1) / calls AS empty_share,
    if(row_count = 0, 'nothing', concat(toString(row_count), ' of ', toString(row_total), ' rows')) AS what
FROM empties AS e
INNER JOIN history USING (tenant, tool)
INNER JOIN uses USING (tenant, trace_id)
LEFT JOIN again USING (tenant, trace_id, tool)
WHERE last_use > e.ts AND NOT (filled_at > e.ts AND filled_at < last_use)
