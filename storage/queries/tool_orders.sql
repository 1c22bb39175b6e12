-- In how many runs that ended well does one tool come before, or after, another? One row for each tenant,
-- scope and pair of tools; first_tool empty: all runs with second_tool, both empty: all runs. Runs are
-- counted, and only calls that did not fail; chance_*: how many runs if calls stood in any order.
WITH $ended_runs,
called AS (
    SELECT tenant, trace_id, toString(tool) AS name, min(ts) AS first_at, max(ts) AS last_at, count() AS calls,
        argMin(toString(agent), ts) AS who
    FROM steps FINAL
    WHERE operation = 'execute_tool' AND tool != '' AND status != 'Error'
        AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended WHERE polarity > 0)
        AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    GROUP BY tenant, trace_id, tool),
meant AS (
    SELECT tenant, trace_id, min(toString(kind)) AS kind_of_intent FROM intents FINAL
    WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended WHERE polarity > 0) AND kind != ''
    GROUP BY tenant, trace_id),
runs AS (
    SELECT tenant, if(any(meant.kind_of_intent) != '', concat('intent ', any(meant.kind_of_intent)), concat('agent ', argMin(who, first_at))) AS scope,
        arrayConcat([('', toDateTime64(0, 9), toDateTime64(0, 9), toUInt64(1))],
            arraySlice(arraySort(groupArray((name, first_at, last_at, calls))), 1, {tools_max:UInt64})) AS tools
    FROM called LEFT JOIN meant USING (tenant, trace_id)
    GROUP BY tenant, trace_id)
SELECT tenant, scope, one.1 AS first_tool, other.1 AS second_tool, count() AS together,
    countIf(one.1 != '' AND one.2 < other.2) AS precedes, countIf(one.1 != '' AND other.3 > one.3) AS responds,
    sumIf(one.4 / (one.4 + other.4), one.1 != '') AS chance_precedes, sumIf(other.4 / (one.4 + other.4), one.1 != '') AS chance_responds
FROM (SELECT tenant, scope, tools, arrayJoin(tools) AS one FROM runs)
ARRAY JOIN tools AS other
WHERE one.1 = '' OR (other.1 != '' AND one.1 != other.1)
GROUP BY tenant, scope, first_tool, second_tool
ORDER BY tenant, scope, first_tool, second_tool
LIMIT {rows_max:UInt64}
