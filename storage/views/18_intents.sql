-- From wakeline.intent events to intents.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_intents $on_cluster TO intents$local AS
SELECT $fact_fields,
    $field_intent_kind AS kind,
    arrayMap(list -> $text_array, [$field_intent_target])[1] AS target,
    $field_intent_metric AS metric,
    toInt8OrZero($field_intent_direction) AS direction,
    toDecimal64OrNull($field_intent_limit, 4) AS amount_limit,
    'explicit' AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM facts$local
WHERE name = 'wakeline.intent'
