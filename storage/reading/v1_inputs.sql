-- Which reads did decisions rest on, and how old were they by then? age_s in s, NULL where no as_of was said.
-- Bound both ts (of the decision) and read_at. Matched by a hash of the names, which is half as much work.
CREATE VIEW IF NOT EXISTS v1_inputs $on_cluster AS
SELECT decided.tenant AS tenant, decided.ts AS ts, decided.agent AS agent, decided.action AS action,
    decided.trace_id AS trace_id, decided.span_id AS span_id, decided.case_id AS case_id, seen.ts AS read_at,
    seen.entity AS entity, seen.entity_type AS entity_type, seen.field AS field, seen.version AS version,
    seen.source AS source, seen.source_kind AS source_kind, seen.as_of AS as_of,
    if(seen.as_of > toDateTime64(0, 9), toFloat64(decided.ts) - toFloat64(seen.as_of), NULL) AS age_s
FROM (
    SELECT tenant, ts, agent, action, trace_id, span_id, case_id,
        arrayJoin(arrayMap(data_id -> cityHash64(tenant, data_id), inputs)) AS input
    FROM decisions FINAL) AS decided
INNER JOIN (
    SELECT cityHash64(tenant, data_id) AS input, ts, entity, entity_type, field, version, source, source_kind, as_of
    FROM data_access FINAL
    WHERE access = 'read') AS seen ON seen.input = decided.input
