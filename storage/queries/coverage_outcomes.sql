-- How many outcomes received since `since_unix_s` has each tenant, and how many say of what.
-- They count for all its agents: who reports an outcome is seldom who caused it.
SELECT tenant, count() AS outcomes, countIf(notEmpty(target)) AS outcome_target
FROM outcomes FINAL
WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
GROUP BY tenant
ORDER BY tenant
LIMIT 10000
