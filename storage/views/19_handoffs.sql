-- From hand-off events, and from the spans by which frameworks hand over, to handoffs.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_handoffs $on_cluster TO handoffs$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id, service, agent, conversation_id, case_id,
    intent_id, handoff_id, work_item_id, said_by AS origin, to_agent,
    multiIf(from_said != '', from_said, startsWith(tool, 'handoff to '), arguments, agent) AS from_agent,
    cityHash64(tenant, multiIf(work_item_id != '', work_item_id, case_id != '', case_id, trace_id)) AS lane,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT $fact_fields,
        $field_handoff_id AS handoff_id,
        $field_work_item_id AS work_item_id,
        $field_handoff_from AS from_said,
        tool,
        $field_arguments AS arguments,
        multiIf($field_handoff_to != '', $field_handoff_to,
            tool IN $names_handoff_tools, JSONExtractString(arguments, 'agent_name'),
            operation = 'execute_tool' AND startsWith(tool, 'transfer_to_'), substring(tool, 13),
            operation = 'execute_tool' AND startsWith(tool, 'handoff to '), substring(tool, 12),
            '') AS to_agent,
        if(name = 'wakeline.handoff', 'explicit', 'framework') AS said_by
    FROM facts$local
    WHERE name = 'wakeline.handoff' OR origin = 'span')
WHERE to_agent != ''
