-- Where did a search find several candidates, and the next change take one of them that nobody had named
-- and nobody looked at? Not where the result says in which order, somebody was
-- asked in between, or one after the other is taken.
-- Touched by contents.
-- Needs candidates.
WITH $touched_contents,
looked AS (
    SELECT DISTINCT tenant, trace_id FROM contents
    WHERE $of_touched AND operation = 'execute_tool' AND rows > 1 AND notEmpty(found) AND NOT ranked),
searches AS (
    SELECT tenant, trace_id, span_id, agent, case_id, ts, tool, found, length(found) AS candidates FROM told
    WHERE operation = 'execute_tool' AND rows > 1 AND notEmpty(found) AND NOT ranked
        AND match(lower(tool), '(?:^|[_.:/ -])(?:search|find|list|lookup|query|match)')),
acts AS (
    SELECT tenant, trace_id, span_id, agent, ts, tool, member.1 AS key, member.2 AS value FROM told ARRAY JOIN members AS member
    WHERE operation = 'execute_tool' AND $changes_things),
used AS (
    SELECT tenant, trace_id, groupArray((ts, member.2, tool)) AS uses FROM told ARRAY JOIN members AS member
    WHERE operation = 'execute_tool' GROUP BY tenant, trace_id),
asking AS (
    SELECT tenant, trace_id, groupArray((ts, seen)) AS asked_at FROM told WHERE asked GROUP BY tenant, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, a.span_id AS anchor, [agent_name] AS agents, case_id, s.ts AS first_ts, a.ts AS last_ts,
    [(trace_id, s.span_id, 'cause'), (trace_id, a.span_id, 'violation')] AS evidence, 'inferred' AS origin,
    if(a.agent = '', 'an agent', a.agent) AS agent_name, s.tool AS search_tool, a.tool AS tool, key, value, toInt64(candidates) AS candidate_count
FROM acts AS a INNER JOIN searches AS s USING (tenant, trace_id)
LEFT JOIN used USING (tenant, trace_id)
LEFT JOIN asking USING (tenant, trace_id)
WHERE s.ts < a.ts AND has(found, value)
    AND NOT arrayExists(one -> one.1 < a.ts AND one.2 = value, uses)
    AND arrayUniq(arrayMap(one -> one.2, arrayFilter(one -> one.3 = a.tool AND has(found, one.2), uses))) < 2
    AND NOT arrayExists(one -> one.1 > s.ts AND one.1 <= a.ts
        OR one.1 <= s.ts AND hasAll(one.2, arrayMap(word -> cityHash64(word), extractAll(lower(value), '[a-z]*[0-9][a-z0-9]*'))), asked_at)
LIMIT 1 BY tenant, trace_id, a.span_id
