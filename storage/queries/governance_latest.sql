-- Which is the newest change of each agent's limits, of its proposals and of each switch, of all tenants, among those
-- stored since a time? What was done in reviews says nothing of these.
SELECT tenant, sequence, at, who, action, subject, before, after, why, state, previous, sha256, stored_at
FROM governance_changes
WHERE stored_at >= {since:DateTime64(6, 'UTC')} AND NOT startsWith(action, 'review.')
ORDER BY sequence DESC, stored_at
LIMIT 1 BY tenant, subject, splitByChar('.', action)[1]
LIMIT {rows_max:UInt64}
