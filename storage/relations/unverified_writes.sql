-- After which writes that have to be verified did nobody look? tools.yaml names the tool and the time
-- (verify), as_of the end of that time; any read of the entity counts too, by whomever. within_s in s.
-- Touched by data_access.
WITH
    verified AS (
        SELECT tool, verify_tool, verify_within_s FROM tool_rules
        WHERE verify_tool != '' AND generation = (SELECT max(generation) FROM tool_rules)),
    written AS ( -- what the SDK records names no tool: that of its span counts
        SELECT *, if(tool = '', of_span, toString(tool)) AS with_tool
        FROM (
            SELECT * FROM data_access FINAL
            WHERE access = 'write' AND status != 'Error' AND entity != ''
                AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
                AND (tool = '' OR tool IN (SELECT tool FROM verified))) AS access_of
        LEFT ANY JOIN (
            SELECT tenant, trace_id, span_id, toString(tool) AS of_span FROM steps
            WHERE tool IN (SELECT tool FROM verified)
                AND received >= {since:DateTime64(9)} - toIntervalHour(1) AND received < {until:DateTime64(9)}) AS s
            USING (tenant, trace_id, span_id)
        WHERE with_tool IN (SELECT tool FROM verified)),
    looked AS (
        SELECT tenant, entity, groupArray(ts) AS looks FROM data_access FINAL
        WHERE access = 'read' AND (tenant, entity) IN (SELECT tenant, entity FROM written) AND received < {until:DateTime64(9)}
        GROUP BY tenant, entity),
    called AS (
        SELECT tenant, trace_id, groupArray((ts, toString(tool))) AS calls FROM steps FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM written)
            AND ts >= (SELECT min(ts) FROM written) AND tool IN (SELECT verify_tool FROM verified) AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, span_id AS anchor, [agent_name] AS agents, case_id,
    ts AS first_ts, ts AS last_ts, toString(origin) AS origin,
    [(trace_id, span_id, 'violation')] AS evidence,
    if(agent = '', 'an agent', toString(agent)) AS agent_name, with_tool AS by_tool, entity AS subject,
    verify_tool, toInt64(verify_within_s) AS within_s,
    received + toIntervalSecond(verify_within_s) < {until:DateTime64(9)} AS time_is_up,
    arrayExists(look -> look > ts AND look <= ts + toIntervalSecond(verify_within_s), looks)
        OR arrayExists(call -> call.2 = verify_tool AND call.1 > ts AND call.1 <= ts + toIntervalSecond(verify_within_s), calls) AS looked_at,
    NOT reversible AS irreversible
FROM written
INNER JOIN verified ON verified.tool = written.with_tool
LEFT ANY JOIN looked USING (tenant, entity)
LEFT ANY JOIN called USING (tenant, trace_id)
