-- From tool calls to effects, by tools.yaml.
CREATE MATERIALIZED VIEW IF NOT EXISTS tool_calls_to_effects $on_cluster TO effects$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id, service, agent, conversation_id, case_id,
    intent_id, tool, decision_id, status,
    if(entity_whole, entity_text, '') AS entity,
    effect_kind AS kind, effect_metric AS metric, effect_unit AS unit,
    toDecimal64OrNull(replaceOne(delta_said, '--', ''), 4) AS delta,
    opens_said AS opens,
    closes_said AS closes,
    rule_origin AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM ($tool_calls)
WHERE effect_kind != '' AND status != 'Error'
