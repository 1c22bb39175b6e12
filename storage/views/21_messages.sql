-- From spans that send or take messages to the ends of those messages.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_messages $on_cluster TO messages$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id,
    $field_message_id AS message_id,
    $field_message_operation AS operation,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM facts$local
WHERE has(fields, $number_message_id) AND message_id != ''
