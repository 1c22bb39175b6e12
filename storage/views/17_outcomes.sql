-- From wakeline.outcome events to outcomes. Of those with one id the last received stands, whenever each
-- was derived.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_outcomes $on_cluster TO outcomes$local AS
SELECT $fact_fields,
    coalesce(nullIf($field_outcome_id, ''), hex(sipHash64(trace_id, span_id, ts, $field_outcome_type, $field_outcome_target, $field_outcome_amount))) AS outcome_id,
    $field_outcome_type AS type,
    toInt8OrZero($field_polarity) AS polarity,
    arrayMap(list -> $text_array, [$field_outcome_target])[1] AS target,
    toDecimal64OrNull($field_outcome_amount, 4) AS amount,
    'explicit' AS origin,
    toUnixTimestamp64Nano(received) AS revision
FROM facts$local
WHERE name = 'wakeline.outcome'
