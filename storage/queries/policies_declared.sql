-- How many versions of policies does the policies.yaml in force have?
SELECT count() AS versions FROM policy_rules
WHERE generation = (SELECT max(generation) FROM policy_rules) AND policy_id != ''
