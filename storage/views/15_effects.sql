-- From wakeline.effect events to effects.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_effects $on_cluster TO effects$local AS
SELECT $fact_fields,
    $field_entity AS entity,
    $field_effect_kind AS kind,
    $field_effect_metric AS metric,
    toDecimal64OrNull($field_effect_delta, 4) AS delta,
    $field_effect_unit AS unit,
    $field_opens AS opens,
    $field_closes AS closes,
    $field_decision_id AS decision_id,
    'Ok' AS status,
    'explicit' AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM facts$local
WHERE name = 'wakeline.effect'
