-- Who took a place in a tenant's chain?
SELECT attempt
FROM governance_changes
WHERE tenant = {tenant:String} AND sequence = {sequence:UInt64}
ORDER BY stored_at, attempt
LIMIT 1
