-- Steps that name no agent or conversation take those of their nearest ancestor that does; where none
-- does and a while has passed, the service stands for the agent. Bounded by the time of receipt, by
-- rows, and by hops: each hop is one join, so a trace of many spans costs no more than many traces.
INSERT INTO steps
WITH RECURSIVE
    wanting AS (
        SELECT tenant, trace_id, span_id, parent_span_id
        FROM steps FINAL
        WHERE (tenant, ts, span_id, trace_id) IN (
                SELECT tenant, ts, span_id, trace_id FROM steps
                WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND wants_ancestor)
            AND wants_ancestor
        LIMIT {rows_max:UInt32}),
    bounds AS (
        SELECT min(Start) AS first, max(End) + 1 AS last
        FROM otel_traces_trace_id_ts
        WHERE TraceId IN (SELECT trace_id FROM wanting)),
    tree AS (
        SELECT tenant, trace_id, span_id, any(parent_span_id) AS parent_id, max(own_agent) AS above_agent,
            max(own_version) AS above_version, max(own_conversation) AS above_conversation
        FROM (
            SELECT Tenant AS tenant, TraceId AS trace_id, SpanId AS span_id, ParentSpanId AS parent_span_id,
                '' AS own_agent, '' AS own_version, '' AS own_conversation
            FROM otel_traces
            WHERE TraceId IN (SELECT trace_id FROM wanting)
                AND Timestamp >= (SELECT first FROM bounds) AND Timestamp <= (SELECT last FROM bounds)
            UNION ALL
            SELECT tenant, trace_id, span_id, parent_span_id,
                if(agent_origin = 'span', agent, ''), if(agent_origin = 'span', agent_version, ''), conversation_id
            FROM steps FINAL
            WHERE trace_id IN (SELECT trace_id FROM wanting)
                AND ts >= (SELECT first FROM bounds) AND ts <= (SELECT last FROM bounds))
        GROUP BY tenant, trace_id, span_id),
    climb AS (
        SELECT tenant, trace_id, span_id, parent_span_id AS above_id, span_id AS passed_id, toUInt8(0) AS hops,
            '' AS found_agent, '' AS found_version, '' AS found_conversation
        FROM wanting
        UNION ALL
        -- A ring is met again at a span passed at 1, 2, 4, 8, ... hops (Brent, 1980).
        SELECT climb.tenant, climb.trace_id, climb.span_id, parent_id,
            if(bitCount(hops) = 1, climb.above_id, passed_id), hops + 1,
            if(found_agent = '', above_agent, found_agent), if(found_agent = '', above_version, found_version),
            if(found_conversation = '', above_conversation, found_conversation)
        FROM climb
        INNER JOIN tree ON tree.tenant = climb.tenant AND tree.trace_id = climb.trace_id AND tree.span_id = climb.above_id
        WHERE above_id NOT IN ('', passed_id) AND hops < {hops_max:UInt8} AND (found_agent = '' OR found_conversation = ''))
SELECT * EXCEPT (is_old, nearest_agent, nearest_version, nearest_conversation)
    REPLACE (
        multiIf(agent_origin = 'span', agent, nearest_agent != '', nearest_agent, is_old, service, '') AS agent,
        multiIf(agent_origin = 'span', agent_origin, nearest_agent != '', 'ancestor', is_old, 'service', 'none') AS agent_origin,
        if(agent_origin = 'none' AND nearest_version != '', nearest_version, agent_version) AS agent_version,
        if(conversation_id = '', nearest_conversation, conversation_id) AS conversation_id,
        NOT is_old AND (agent_origin = 'none' AND nearest_agent = '' OR conversation_id = '' AND nearest_conversation = '')
            AS wants_ancestor,
        toUnixTimestamp64Nano(now64(9)) AS revision)
FROM (
    SELECT step.*, nearest_agent, nearest_version, nearest_conversation,
        step.received < {old_before:DateTime64(9, 'UTC')} AS is_old
    FROM (
        SELECT * FROM steps FINAL
        WHERE (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM wanting)
            AND ts >= (SELECT first FROM bounds) AND ts <= (SELECT last FROM bounds)) AS step
    INNER JOIN (
        SELECT tenant, trace_id, span_id, argMax(found_agent, hops) AS nearest_agent,
            argMax(found_version, hops) AS nearest_version, argMax(found_conversation, hops) AS nearest_conversation
        FROM climb
        GROUP BY tenant, trace_id, span_id) AS found USING (tenant, trace_id, span_id)
    WHERE wants_ancestor AND (is_old OR agent_origin = 'none' AND nearest_agent != ''
        OR conversation_id = '' AND nearest_conversation != ''))
