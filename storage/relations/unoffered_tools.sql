-- Which calls name a tool that the agent's model was not offered? Only where every model call of the
-- agent in the run says what it offers; names are compared without the name space that stands before.
-- Touched by contents.
-- Needs offers.
WITH $touched_contents,
looked AS (SELECT tenant, trace_id FROM touched),
offers AS (
    SELECT tenant, trace_id, agent, groupUniqArrayArray(arrayMap(name -> $bare_name, offered)) AS names,
        count() AS model_calls, countIf(empty(offered)) AS silent, argMinIf(span_id, ts, notEmpty(offered)) AS offering
    FROM told WHERE operation IN ('chat', 'text_completion', 'generate_content') GROUP BY tenant, trace_id, agent),
calls AS (
    SELECT tenant, trace_id, agent, case_id, ts, span_id, arrayJoin(if(operation = 'execute_tool', [toString(tool)], called)) AS name
    FROM told WHERE name != '')
SELECT tenant, concat('trace:', trace_id) AS lane, argMin(span_id, (ts, span_id)) AS anchor, [agent_name] AS agents, max(case_id) AS case_id,
    min(ts) AS first_ts, max(ts) AS last_ts,
    [(trace_id, any(offering), 'cause'), (trace_id, anchor, 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, any(name) AS tool, toInt64(uniqExact(span_id)) AS calls, toInt64(length(any(names))) AS offered_count,
    any(names) AS offered
FROM calls INNER JOIN offers USING (tenant, trace_id, agent)
WHERE silent = 0 AND notEmpty(names) AND NOT has(names, $bare_name)
    AND NOT startsWith(name, 'transfer_to_') AND NOT startsWith(name, 'handoff') AND name NOT IN $names_handoff_tools
GROUP BY tenant, trace_id, agent, $bare_name
