-- Which is the newest change of a tenant?
SELECT tenant, sequence, at, who, action, subject, before, after, why, state, previous, sha256
FROM governance_changes
WHERE tenant = {tenant:String}
ORDER BY sequence DESC, stored_at
LIMIT 1
