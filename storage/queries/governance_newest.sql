-- What was changed in a tenant before a place in its chain, the newest first? action and subject: empty for all;
-- action may be its beginning.
SELECT tenant, sequence, at, who, action, subject, before, after, why, state, previous, sha256
FROM governance_changes
WHERE tenant = {tenant:String} AND sequence < {before_sequence:UInt64}
    AND startsWith(action, {action:String}) AND ({subject:String} = '' OR subject = {subject:String})
ORDER BY sequence DESC, stored_at
LIMIT {rows_max:UInt64}
