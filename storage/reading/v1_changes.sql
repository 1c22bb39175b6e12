-- What was changed that agents may behave otherwise for?
CREATE VIEW IF NOT EXISTS v1_changes $on_cluster AS
SELECT tenant, ts, change_id, kind, what, version, version_prev, agents, agent, note
FROM changes FINAL
