-- mined_rules_now
-- A SELECT: each mined rule as it stands; state info until somebody promotes or rejects it.
SELECT tenant, rule_id, any(kind) AS kind, any(scope) AS scope, any(first_tool) AS first_tool, any(second_tool) AS second_tool,
    argMaxIf(mined_rules.support, revision, mined_rules.state = '') AS support, argMaxIf(mined_rules.held, revision, mined_rules.state = '') AS held,
    argMaxIf(mined_rules.confidence, revision, mined_rules.state = '') AS confidence, argMaxIf(mined_rules.q, revision, mined_rules.state = '') AS q,
    argMaxIf(mined_rules.holds, revision, mined_rules.state = '') AS holds, maxIf(mined_rules.at, mined_rules.state = '') AS mined_at,
    if(countIf(mined_rules.state != '') = 0, 'info', argMaxIf(toString(mined_rules.state), revision, mined_rules.state != '')) AS state,
    argMaxIf(mined_rules.actor, revision, mined_rules.state != '') AS actor, maxIf(mined_rules.at, mined_rules.state != '') AS decided_at
FROM mined_rules GROUP BY tenant, rule_id
