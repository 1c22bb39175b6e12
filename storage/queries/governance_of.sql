-- What was changed in the limits of an agent (kill = false) or in a switch, in order?
SELECT tenant, sequence, at, who, action, subject, before, after, why, state, previous, sha256
FROM governance_changes
WHERE tenant = {tenant:String} AND subject = {subject:String} AND startsWith(action, 'kill.') = {kill:Bool}
    AND NOT startsWith(action, 'review.')
ORDER BY sequence, stored_at
LIMIT 1 BY sequence
LIMIT {rows_max:UInt64}
