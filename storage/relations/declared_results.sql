-- Each distinct result of a tool, with the definitions that its agent's model was offered last before: what a
-- JSON Schema of results can be held against.
-- Touched by contents.
-- Needs results.
WITH
    touched AS (
        SELECT DISTINCT tenant, trace_id FROM contents
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}),
    offers AS (
        SELECT tenant, trace_id, agent, groupArray((ts, span_id, definitions_hash)) AS offered_at FROM contents
        WHERE $of_touched AND definitions_hash != 0 GROUP BY tenant, trace_id, agent),
    calls AS (
        SELECT tenant, trace_id, agent, argMin(span_id, (ts, span_id)) AS call_span, min(c.ts) AS first_ts, max(c.ts) AS last_ts, max(case_id) AS case_id,
            tool, result, count() AS calls, arrayMax(arrayFilter(one -> one.1 <= min(c.ts), any(offered_at))) AS offer
        FROM (SELECT * FROM tool_results FINAL WHERE $of_touched) AS c INNER JOIN offers USING (tenant, trace_id, agent)
        GROUP BY tenant, trace_id, agent, tool, result)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(call_span, ' result') AS anchor, [agent_name] AS agents, case_id, first_ts, last_ts,
    [(trace_id, offer.2, 'cause'), (trace_id, call_span, 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, tool, result, offered_text AS definitions, toInt64(calls) AS call_count
FROM calls INNER JOIN (
    SELECT tenant, definitions_hash, any(text) AS offered_text FROM definitions
    WHERE definitions_hash IN (SELECT offer.3 FROM calls) AND $says_results GROUP BY tenant, definitions_hash) AS texts
    ON texts.tenant = calls.tenant AND texts.definitions_hash = calls.offer.3
