-- What was changed in a tenant after a place in its chain, in order? Every row, so that one too many shows.
SELECT tenant, sequence, at, who, action, subject, before, after, why, state, previous, sha256
FROM governance_changes
WHERE tenant = {tenant:String} AND sequence > {after:UInt64}
ORDER BY sequence, stored_at
LIMIT {rows_max:UInt64}
