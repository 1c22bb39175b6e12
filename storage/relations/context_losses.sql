-- Where did the context of an agent shrink by half or more from one model call to the next, or its instructions
-- become others for good, and the agent call after it what it had called before, with the same answer, ask somebody
-- the same, read the same of a thing, or take for it what it had not read? A call of something else between two
-- big ones is no loss, nor are instructions that vary by the call; nor forgotten is what it called again and again.
-- Touched by steps.
-- Needs contexts or instructions.
WITH $touched_steps,
lost AS (
    SELECT tenant, trace_id, agent, lost_case,
        arrayJoin(arrayConcat(
            if(fell = 0, [], [(calls.1[fell], calls.2[fell], calls.3[fell - 1], calls.3[fell])]),
            if(turned < 3 OR turned = length(orders) OR agent = '' OR calls.2[fell] = orders.2[turned], [],
                if(arrayUniq(arraySlice(orders.3, turned)) = 1, [(orders.1[turned], orders.2[turned], toInt64(0), toInt64(0))], [])))) AS loss
    FROM (
        SELECT *, arrayFirst(i -> i > 1 AND calls.3[i] < (1 - {drop_min:Float64}) * calls.3[i - 1] AND calls.3[i - 1] >= {tokens_min:Int64}
                AND (i = length(calls) OR calls.3[i + 1] < 0.75 * calls.3[i - 1]), arrayEnumerate(calls)) AS fell,
            arrayFirstIndex(one -> one.3 != orders[1].3, orders) AS turned
        FROM (
            SELECT tenant, trace_id, agent, max(case_id) AS lost_case, arraySort(groupArrayIf((ts, span_id, toInt64(input_tokens)), input_tokens > 0)) AS calls,
                arraySort(groupArrayIf((ts, span_id, instructions), instructions != 0)) AS orders
            FROM (SELECT * FROM walked WHERE operation IN ('chat', 'text_completion', 'generate_content')) AS of_models
            LEFT JOIN (
                SELECT tenant, trace_id, span_id, any(instructions_hash) AS instructions FROM contents
                WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND instructions_hash != 0
                GROUP BY tenant, trace_id, span_id) AS of_texts USING (tenant, trace_id, span_id)
            GROUP BY tenant, trace_id, agent, model HAVING count() > 1))),
known AS (
    SELECT tenant, trace_id, toString(agent) AS agent, concat('call ', tool, ' ', toString(arguments_hash)) AS thing, toString(tool) AS of_tool, concat('with ', tool) AS by_what, 0 AS by_call,
        if((trace_id, span_id) IN (
            SELECT trace_id, span_id FROM contents
            WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND $asks_for_facts), 'asked', 'called') AS way, ts, span_id, result_hash AS said, 'result' AS scale
    FROM walked WHERE operation = 'execute_tool' AND arguments_state != 'none' AND status != 'Error' AND NOT $changes_things
    UNION ALL
    SELECT tenant, trace_id, toString(one.agent), concat(entity, if(field = '', '', '.'), field) AS of_data,
        if(calls.tool = '', toString(one.tool), toString(calls.tool)) AS tool, if(tool = '', of_data, concat('with ', tool)), arguments_hash,
        multiIf(access = 'write', 'wrote', source_kind IN ('memory', 'prompt'), 'took', $changes_things, 'saw', 'read'), one.ts, span_id,
        if(value_num IS NULL, if(value_hash = cityHash64(''), 0, value_hash), cityHash64(value_num)), if(value_num IS NULL, toString(origin), 'number')
    FROM (
        SELECT * FROM data_access FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND status != 'Error') AS one
    LEFT JOIN (SELECT tenant, trace_id, span_id, tool, arguments_hash FROM walked WHERE operation = 'execute_tool') AS calls USING (tenant, trace_id, span_id))
SELECT tenant, concat('trace:', trace_id) AS lane, loss.2 AS anchor, [agent_name] AS agents, lost_case AS case_id, loss.1 AS first_ts, every[-1].1 AS last_ts,
    arrayDistinct(arrayConcat([(trace_id, loss.2, 'cause')], arrayMap(one -> (trace_id, one.5, 'cause'), taken), [(trace_id, every[1].2, 'violation')],
        arrayMap(one -> (trace_id, one.2, 'violation'), taken))) AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, toInt64(length(arrayDistinct(every.2))) AS forgotten,
    if(loss.3 = 0, 'got other instructions in mid-run', concat('fell from ', toString(loss.3), ' to ', toString(loss.4), ' tokens')) AS what,
    arrayStringConcat(arrayConcat(
        multiIf(times = 0, [], times = 1, [concat('looked up one thing again that it knew, ', looked[1].4)],
            [concat('looked up ', toString(times), ' things again that it knew, first ', looked[1].4)]),
        if(empty(asked), [], [concat('asked again, ', asked[1].4, ', what it had been told')]),
        if(empty(taken), [], [concat('took ', taken[1].4, ' to be other than it had read')])), ' and ') AS symptoms
FROM (
    SELECT *, arrayFilter(one -> one.3 = 'took', every) AS taken, arrayFilter(one -> one.3 = 'asked', every) AS asked,
        arrayFilter(one -> one.3 IN ('called', 'read'), every) AS looked, length(arrayDistinct(looked.2)) AS times
    FROM (
        SELECT tenant, trace_id, agent, loss, any(lost_case) AS lost_case,
            arraySort(groupArray((anew.1, anew.2, anew.4, if(anew.4 = 'took', thing, anew.5), last.2))) AS every
        FROM (
            SELECT *, arrayFirst(one -> one.1 >= loss.1, seen) AS anew, arrayFilter(one -> one.1 < loss.1 AND one.4 != 'took', seen) AS before, before[-1] AS last
            FROM (
                SELECT tenant, trace_id, agent, any(lost_case) AS lost_case, loss, thing, arraySort(groupArray((ts, span_id, said, way, by_what, by_call, scale))) AS seen
                FROM known INNER JOIN lost USING (tenant, trace_id, agent)
                GROUP BY tenant, trace_id, agent, loss, thing))
        WHERE multiIf(anew.4 = 'called', length(before) = 1 AND anew.3 = last.3, anew.4 = 'asked', length(before) = 1,
            anew.3 = 0 OR last.4 NOT IN ('read', 'saw'), false, anew.4 = 'took', last.3 NOT IN (0, anew.3) AND anew.7 = last.7,
            anew.4 = 'read' AND last.4 = 'read' AND anew.3 = last.3 AND (anew.5, anew.6) = (last.5, last.6)
                AND arrayCount(one -> (one.4, one.5, one.6) = ('read', last.5, last.6), before) = 1)
        GROUP BY tenant, trace_id, agent, loss))
