-- What was read and written? as_of: when the value was true at its source, 1970 when not said.
CREATE VIEW IF NOT EXISTS v1_accesses $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, service, agent, access, entity, entity_type, field, data_id, version,
    version_prev, as_of, source, source_kind, tool, decision_id, case_id, compensates, reversible
FROM data_access FINAL
