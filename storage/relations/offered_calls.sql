-- Each distinct way in which a tool was called, with the definitions that its agent's model was offered
-- last: what a JSON Schema can be held against.
-- Touched by contents.
-- Needs offers.
WITH $touched_contents,
looked AS (SELECT tenant, trace_id FROM touched),
offers AS (
    SELECT tenant, trace_id, agent, groupArray((ts, span_id, definitions_hash)) AS offered_at FROM told
    WHERE definitions_hash != 0 AND notEmpty(offered) GROUP BY tenant, trace_id, agent),
calls AS (
    SELECT tenant, trace_id, agent, argMin(span_id, (ts, span_id)) AS call_span, min(c.ts) AS first_ts, max(c.ts) AS last_ts, max(case_id) AS case_id,
        tool, arguments, count() AS calls, arrayMax(arrayFilter(one -> one.1 <= min(c.ts), any(offered_at))) AS offer
    FROM told AS c INNER JOIN offers USING (tenant, trace_id, agent)
    WHERE operation = 'execute_tool' AND arguments != '' GROUP BY tenant, trace_id, agent, tool, arguments)
SELECT tenant, concat('trace:', trace_id) AS lane, call_span AS anchor, [agent_name] AS agents, case_id, first_ts, last_ts,
    [(trace_id, offer.2, 'cause'), (trace_id, call_span, 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, tool, arguments, text AS definitions, toInt64(calls) AS call_count
FROM calls INNER JOIN (
    SELECT tenant, definitions_hash, any(text) AS text FROM definitions
    WHERE definitions_hash IN (SELECT offer.3 FROM calls) GROUP BY tenant, definitions_hash) AS texts
    ON texts.tenant = calls.tenant AND texts.definitions_hash = calls.offer.3
