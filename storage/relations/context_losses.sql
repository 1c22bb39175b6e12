-- Where did the context of an agent shrink by half or more from one model call to the next, and the agent
-- call after it what it had called before, with the same answer? A call of something else between two big
-- ones is none, nor is what it called again and again before.
-- Touched by steps.
-- Needs contexts.
WITH $touched_steps,
lost AS (
    SELECT *, calls.1 AS times, calls.2 AS spans, calls.3 AS tokens, arrayFirst(i -> i > 1 AND tokens[i] < (1 - {drop_min:Float64}) * tokens[i - 1] AND tokens[i - 1] >= {tokens_min:Int64}
        AND (i = length(tokens) OR tokens[i + 1] < 0.75 * tokens[i - 1]), arrayEnumerate(tokens)) AS at
    FROM (
        SELECT tenant, trace_id, agent, max(case_id) AS case_id, arraySort(groupArrayIf((ts, span_id, toInt64(input_tokens)), input_tokens > 0)) AS calls
        FROM (SELECT * FROM walked WHERE operation IN ('chat', 'text_completion', 'generate_content'))
        GROUP BY tenant, trace_id, agent, model HAVING count() > 1)
    WHERE at > 0),
repeats AS (
    SELECT tenant, trace_id, agent, times[at] AS lost_at, spans[at] AS lost_span, tokens[at - 1] AS tokens_before, tokens[at] AS tokens_after, case_id AS lost_case,
        tool, arraySort(groupArray((w.ts, w.span_id, w.result_hash))) AS seen
    FROM lost INNER JOIN (SELECT * FROM walked WHERE operation = 'execute_tool' AND arguments_state != 'none' AND status != 'Error' AND NOT $changes_things) AS w USING (tenant, trace_id, agent)
    GROUP BY tenant, trace_id, agent, lost_at, lost_span, tokens_before, tokens_after, lost_case, tool, arguments_hash)
SELECT tenant, concat('trace:', trace_id) AS lane, lost_span AS anchor, [agent_name] AS agents, any(lost_case) AS case_id,
    any(lost_at) AS first_ts, max(again.1) AS last_ts,
    [(trace_id, lost_span, 'cause'), (trace_id, argMin(again.2, again), 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, any(tokens_before) AS before_tokens, any(tokens_after) AS after_tokens,
    toInt64(count()) AS forgotten, argMin(tool, again) AS first_tool
FROM (
    SELECT *, arrayFirst(one -> one.1 >= lost_at, seen) AS again, arrayFilter(one -> one.1 < lost_at, seen) AS earlier FROM repeats)
WHERE length(earlier) = 1 AND again.2 != '' AND again.3 = earlier[1].3
GROUP BY tenant, trace_id, agent, lost_span
