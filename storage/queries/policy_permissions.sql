-- The permissions of the policies.yaml in force, by kind and subject.
SELECT * FROM policy_permissions
WHERE generation = (SELECT max(generation) FROM policy_permissions)
ORDER BY kind, subject
LIMIT {rows_max:UInt64}
