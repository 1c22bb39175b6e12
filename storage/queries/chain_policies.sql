-- Which decision was the first that was made under each version of these policies?
WITH firsts AS (
    SELECT policy_id, policy_version, min(ts) AS first_ts FROM decisions
    WHERE tenant = {tenant:String} AND policy_id IN {policy_ids:Array(String)}
    GROUP BY policy_id, policy_version)
SELECT $chain_decision
FROM decisions
WHERE tenant = {tenant:String} AND toStartOfHour(ts, 'UTC') IN (SELECT toStartOfHour(first_ts, 'UTC') FROM firsts)
    AND (policy_id, policy_version, ts) IN firsts
ORDER BY revision DESC, trace_id, span_id
LIMIT 1 BY policy_id, policy_version
LIMIT {rows_max:UInt64}
