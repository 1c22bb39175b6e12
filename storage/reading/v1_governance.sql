-- What did people and rules change in governance? before, after and state are JSON.
CREATE VIEW IF NOT EXISTS v1_governance $on_cluster AS
SELECT tenant, at AS ts, sequence, who, action, subject, before, after, why, state, previous, sha256, stored_at
FROM governance_changes
