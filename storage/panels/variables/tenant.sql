-- Which tenants are there?
SELECT DISTINCT tenant
FROM v1_seen
WHERE $__timeFilter(ts)
ORDER BY tenant
LIMIT 1000
