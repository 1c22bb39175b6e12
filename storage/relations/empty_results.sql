-- Which calls succeeded with nothing, or with part of what there is, although this tool hardly ever does,
-- and something was decided or done after it? empty_share: of its calls in a week, this one aside.
-- Touched by contents.
-- Needs gaps.
WITH $touched_contents,
looked AS (
    SELECT DISTINCT tenant, trace_id FROM contents
    WHERE $of_touched AND operation = 'execute_tool' AND (rows = 0 OR rows > 0 AND total > rows)),
runs AS (
    SELECT tenant, trace_id, groupArrayIf((span_id, toString(agent), case_id, toString(tool), ts, rows, total), lacks) AS empties,
        groupArrayIf((toString(tool), ts), rows > 0 AND NOT lacks) AS fills, maxIf((ts, span_id), $changes_things) AS changed
    FROM (SELECT *, rows = 0 OR rows > 0 AND total > rows AS lacks FROM told WHERE operation = 'execute_tool')
    GROUP BY tenant, trace_id HAVING notEmpty(empties)),
history AS (
    SELECT tenant, toString(tool) AS tool, toInt64(count()) AS calls, toInt64(countIf(rows = 0 OR rows > 0 AND total > rows)) AS empty_calls
    FROM contents FINAL
    WHERE received >= {until:DateTime64(9, 'UTC')} - toIntervalDay(7) AND received < {until:DateTime64(9, 'UTC')}
        AND operation = 'execute_tool' AND rows >= 0 AND (tenant, tool) IN (SELECT tenant, arrayJoin(empties).4 FROM runs)
    GROUP BY tenant, tool),
uses AS (
    SELECT tenant, trace_id, max((ts, span_id)) AS used FROM (
        SELECT tenant, trace_id, ts, span_id FROM decisions FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND $in_touched_days
        UNION ALL
        SELECT tenant, trace_id, ts, span_id FROM effects FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND $in_touched_days)
    GROUP BY tenant, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, span_id AS anchor, [agent_name] AS agents, empty.3 AS case_id, at AS first_ts, last_use.1 AS last_ts,
    [(trace_id, span_id, 'cause'), (trace_id, last_use.2, 'effect')] AS evidence, 'explicit' AS origin,
    if(empty.2 = '', 'an agent', empty.2) AS agent_name, tool, calls, (empty_calls - 1) / calls AS empty_share,
    if(empty.6 = 0, 'nothing', concat(toString(empty.6), ' of ', toString(empty.7), ' rows')) AS what
FROM (
    SELECT tenant, trace_id, empty, empty.1 AS span_id, empty.4 AS tool, empty.5 AS at, last_use FROM (
        SELECT tenant, trace_id, empties, fills, greatest(changed, used) AS last_use FROM runs LEFT JOIN uses USING (tenant, trace_id))
    ARRAY JOIN empties AS empty
    WHERE last_use.1 > at AND NOT arrayExists(fill -> fill.1 = tool AND fill.2 > at AND fill.2 < last_use.1, fills)) AS acted
INNER JOIN history USING (tenant, tool)
