-- The policy versions of the policies.yaml in force, by policy and time of effect.
SELECT * FROM policy_rules
WHERE generation = (SELECT max(generation) FROM policy_rules)
ORDER BY policy_id, effective_from, version
LIMIT {rows_max:UInt64}
