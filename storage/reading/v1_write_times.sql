-- When were fields of entities written? For times alone: a write that arrived twice is here twice, which makes it
-- twice as fast as v1_accesses.
CREATE VIEW IF NOT EXISTS v1_write_times $on_cluster AS
SELECT tenant, ts, agent, entity, entity_type, field
FROM data_access
WHERE access = 'write'
