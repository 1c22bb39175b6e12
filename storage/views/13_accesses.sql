-- From wakeline.data events to data_access.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_accesses $on_cluster TO data_access$local AS
SELECT $fact_fields,
    $field_entity AS entity,
    splitByChar(':', entity)[1] AS entity_type,
    $field_data_field AS field,
    if(name = 'wakeline.data.read', 'read', 'write') AS access,
    $field_data_id AS data_id,
    $field_version AS version,
    $field_version_prev AS version_prev,
    fromUnixTimestamp64Nano(toInt64OrZero($field_as_of)) AS as_of,
    $field_data_source AS source,
    $field_source_kind AS source_kind,
    if($field_value_hash = '', 0, cityHash64($field_value_hash)) AS value_hash,
    toDecimal64OrNull($field_value_num, 4) AS value_num,
    toDecimal64OrNull($field_value_num_prev, 4) AS value_num_prev,
    $field_idempotency_key AS idempotency_key,
    $field_reversible = 'true' AS reversible,
    $field_compensates AS compensates,
    $field_decision_id AS decision_id,
    'Ok' AS status,
    'explicit' AS origin,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM facts$local
WHERE name IN ('wakeline.data.read', 'wakeline.data.write') AND entity != ''
