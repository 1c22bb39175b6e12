-- Which reports of weeks were signed off, by the record of changes, and when?
SELECT sequence, at, who, action, subject, before, after, why, state, previous, sha256, tenant
FROM governance_changes
WHERE tenant = {tenant:String} AND action = 'review.signed' AND {subject:String} IN ('', subject)
ORDER BY subject, sequence, stored_at
LIMIT 1 BY subject
LIMIT {rows_max:UInt64}
