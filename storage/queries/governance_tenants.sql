-- Which tenants have a chain of changes, and how long is it?
SELECT tenant, max(sequence) AS records
FROM governance_changes
GROUP BY tenant
ORDER BY tenant
LIMIT {rows_max:UInt64}
