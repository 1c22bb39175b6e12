-- Which agents call themselves over and over, go ever deeper, cost or take far more than their runs of the
-- last week (usual: what covers 99.5 % of its other runs), or end because turns, budget or length are spent? Ancestors are walked only in traces that
-- have agents or spans enough for it.
-- Touched by steps.
WITH $touched_steps,
nodes AS (
    SELECT *, arrayFilter((name, call) -> call, names, invokes) AS callers FROM (
        SELECT tenant, trace_id, groupArray(span_id) AS ids, groupArray(parent_span_id) AS parents, groupArray(toString(agent)) AS names,
            groupArray(operation = 'invoke_agent') AS invokes, groupArray(ts) AS times, max(case_id) AS case_id
        FROM (
            SELECT * FROM walked WHERE (tenant, trace_id) IN (
                SELECT tenant, trace_id FROM walked GROUP BY tenant, trace_id
                HAVING countIf(operation = 'invoke_agent') >= {recursion_min:Int64} OR uniqExact(parent_span_id) > {depth_max:Int64})
            LIMIT 4000 BY tenant, trace_id)
        GROUP BY tenant, trace_id)
    WHERE length(callers) >= {recursion_min:Int64} AND arrayExists(one -> countEqual(callers, one) >= {recursion_min:Int64}, arrayDistinct(callers))
        OR length(arrayDistinct(parents)) > {depth_max:Int64}),
deep AS (
    SELECT tenant, trace_id, case_id, times[at] AS ts, agent, ids[at] AS span_id, length(selves) AS count_selves, toInt64(length(path)) AS depth
    FROM (
        SELECT *, names[at] AS agent, arrayFilter(i -> names[i] = agent AND invokes[i], path) AS selves
        FROM (
            SELECT *, arrayDistinct(arrayFilter(i -> i > 0, arrayFold((walk, hop) -> arrayPushBack(walk,
                if(walk[-1] = 0, toUInt64(0), indexOf(ids, parents[walk[-1]]))), range({hops_max:Int64}), [toUInt64(at)]))) AS path
            FROM (SELECT *, arrayJoin(arrayFilter(i -> invokes[i] OR NOT has(parents, ids[i]), arrayEnumerate(ids))) AS at FROM nodes)))
    WHERE invokes[at] AND count_selves >= {recursion_min:Int64} OR depth > {depth_max:Int64}),
lately AS (
    SELECT tenant, agent, trace_id, steps, cost, last_ts, last_span_id, case_id, received FROM run_totals FINAL
    WHERE received >= {until:DateTime64(9, 'UTC')} - toIntervalDay(7) AND received < {until:DateTime64(9, 'UTC')}
        AND (tenant, agent) IN (SELECT tenant, agent FROM walked)),
usual AS (
    SELECT tenant, agent, runs, toUInt64(ceil(0.995 * runs)) AS place, every_steps[place] AS usual_steps, every_cost[place] AS usual_cost
    FROM (SELECT tenant, agent, count() - 1 AS runs, arraySort(groupArray(steps)) AS every_steps, arraySort(groupArray(cost)) AS every_cost
        FROM lately GROUP BY tenant, agent)),
spent AS (
    SELECT tenant, trace_id, agent, argMin(w.span_id, (w.ts, w.span_id)) AS span_id, min(w.ts) AS ts, max(w.case_id) AS case_id,
        argMinIf(error_type, w.ts, error_type IN $budget_exit) AS exit, toInt64(countIf(finish_reason = 'length')) AS cuts
    FROM walked AS w WHERE error_type IN $budget_exit OR finish_reason = 'length' GROUP BY tenant, trace_id, agent)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(way, ':', agent_name) AS anchor, [agent_name] AS agents, case_id, ts AS first_ts, ts AS last_ts,
    arrayDistinct([(trace_id, cause, 'cause'), (trace_id, span_id, 'violation')]) AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, way, level, what
FROM (
    SELECT tenant, trace_id, agent, case_id, ts, ids_first AS cause, span_id, way, level, concat(if(way = 'recursion', 'calls itself: it stands ', 'goes deep: it is '),
        toString(level), if(way = 'recursion', ' times among those that called it', ' levels down')) AS what FROM (
        SELECT tenant, trace_id, agent, case_id, ts, span_id, if(count_selves >= {recursion_min:Int64}, 'recursion', 'depth') AS way,
            if(way = 'recursion', toInt64(count_selves), depth) AS level, span_id AS ids_first FROM deep ORDER BY level DESC, ts LIMIT 1 BY tenant, trace_id, agent)
    UNION ALL
    SELECT tenant, trace_id, agent, case_id, last_ts, last_span_id, last_span_id, if(cost > 3 * usual_cost AND usual_cost > 0, 'cost', 'steps'), toInt64(steps),
        if(cost > 3 * usual_cost AND usual_cost > 0, concat('costs far more than usual: ', toString(round(cost, 2)), ' USD, where ', toString(round(usual_cost, 2)), ' covers 99.5 % of its ', toString(runs), ' runs'),
            concat('takes far more steps than usual: ', toString(steps), ', where ', toString(usual_steps), ' cover 99.5 % of its ', toString(runs), ' runs'))
    FROM lately INNER JOIN usual USING (tenant, agent)
    WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND runs >= {runs_min:Int64} AND (cost > 3 * usual_cost AND usual_cost > 0 OR steps > 3 * usual_steps)
    UNION ALL
    SELECT tenant, trace_id, agent, case_id, ts, span_id, span_id, 'spent', greatest(cuts, 1), if(exit != '', concat('used up its turns or budget: ', exit), concat('was cut off for length ', toString(cuts), ' times'))
    FROM spent WHERE exit != '' OR cuts >= {cuts_min:Int64})
