-- What do the policies.yaml in force and the orders of tools that were mined hold somebody to, and
-- was counted what usually comes of intents?
SELECT (SELECT count() FROM policy_rules
        WHERE generation = (SELECT max(generation) FROM policy_rules) AND policy_id != '') > 0 AS policies,
    (SELECT count() FROM policy_permissions
        WHERE generation = (SELECT max(generation) FROM policy_permissions) AND kind IN ('agent_tools', 'agent_tenants')) > 0 AS bounds,
    (SELECT count() FROM mined_rules) > 0 AS habits,
    (SELECT count() FROM intent_effects) > 0 AS customs
LIMIT 1
