-- From wakeline.change events to changes. Of those with one id the last received stands, whenever each
-- was derived.
CREATE MATERIALIZED VIEW IF NOT EXISTS facts_to_changes $on_cluster TO changes$local AS
SELECT tenant, received, retention_days, ts, trace_id, span_id, service,
    $field_agent AS agent,
    coalesce(nullIf($field_change_id, ''), hex(sipHash64(trace_id, span_id, ts, $field_change_kind, $field_change_what, $field_change_version))) AS change_id,
    $field_change_kind AS kind,
    $field_change_what AS what,
    $field_change_version AS version,
    $field_change_version_prev AS version_prev,
    arrayMap(list -> $text_array, [$field_change_agents])[1] AS agents,
    $field_change_note AS note,
    toUnixTimestamp64Nano(received) AS revision
FROM facts$local
WHERE name = 'wakeline.change'
