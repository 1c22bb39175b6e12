-- Steps that name no agent or conversation take those of their nearest ancestor that does; where none
-- does and a while has passed, the service stands for the agent. Bounded by the time of receipt, and
-- by rows.
INSERT INTO steps
WITH
    wanting AS (
        SELECT DISTINCT tenant, trace_id, span_id
        FROM steps
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND wants_ancestor
        LIMIT {rows_max:UInt32}),
    bounds AS (
        SELECT min(Start) AS first, max(End) AS last
        FROM otel_traces_trace_id_ts
        WHERE TraceId IN (SELECT trace_id FROM wanting)),
    trees AS (
        SELECT Tenant AS tenant, TraceId AS trace_id, groupArray({spans_max:UInt32})(SpanId) AS ids,
            groupArray({spans_max:UInt32})(ParentSpanId) AS parents
        FROM (
            SELECT DISTINCT Tenant, TraceId, SpanId, ParentSpanId
            FROM otel_traces
            WHERE TraceId IN (SELECT trace_id FROM wanting)
                AND Timestamp >= (SELECT first FROM bounds) AND Timestamp <= (SELECT last + 1 FROM bounds))
        GROUP BY tenant, trace_id),
    named AS (
        SELECT tenant, trace_id,
            groupArrayIf({spans_max:UInt32})((span_id, agent, agent_version), agent_origin = 'span') AS agents,
            groupArrayIf({spans_max:UInt32})((span_id, conversation_id), conversation_id != '') AS conversations
        FROM steps FINAL
        WHERE trace_id IN (SELECT trace_id FROM wanting)
            AND ts >= (SELECT first FROM bounds) AND ts <= (SELECT last + 1 FROM bounds)
        GROUP BY tenant, trace_id)
SELECT * EXCEPT (is_old, nearest_agent, nearest_conversation)
    REPLACE (
        multiIf(agent_origin = 'span', agent, nearest_agent.2 != '', nearest_agent.2, is_old, service, '') AS agent,
        multiIf(agent_origin = 'span', agent_origin, nearest_agent.2 != '', 'ancestor', is_old, 'service', 'none') AS agent_origin,
        if(agent_origin = 'none' AND nearest_agent.3 != '', nearest_agent.3, agent_version) AS agent_version,
        if(conversation_id = '', nearest_conversation.2, conversation_id) AS conversation_id,
        NOT is_old AND (agent_origin = 'none' AND nearest_agent.2 = '' OR conversation_id = '' AND nearest_conversation.2 = '')
            AS wants_ancestor,
        toUnixTimestamp64Nano(now64(9)) AS revision)
FROM (
    SELECT * EXCEPT (ids, parents, agents, conversations)
    FROM (
        SELECT step.*, ids, parents, agents, conversations,
            step.received < {old_before:DateTime64(9, 'UTC')} AS is_old,
            agents[indexOf(agents.1, arrayFold((id, hop) -> if(id = '' OR has(agents.1, id), id,
                parents[indexOf(ids, id)]), range({hops_max:UInt8}), step.parent_span_id))] AS nearest_agent,
            conversations[indexOf(conversations.1, arrayFold((id, hop) -> if(id = '' OR has(conversations.1, id), id,
                parents[indexOf(ids, id)]), range({hops_max:UInt8}), step.parent_span_id))] AS nearest_conversation
        FROM (
            SELECT * FROM steps FINAL
            WHERE (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM wanting)
                AND ts >= (SELECT first FROM bounds) AND ts <= (SELECT last + 1 FROM bounds)) AS step
        INNER JOIN trees USING (tenant, trace_id)
        INNER JOIN named USING (tenant, trace_id))
    WHERE wants_ancestor AND (is_old OR agent_origin = 'none' AND nearest_agent.2 != ''
        OR conversation_id = '' AND nearest_conversation.2 != ''))
