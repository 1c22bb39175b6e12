-- How many facts (decisions, reads, writes, effects, intents, hand-offs) has each of `agents`,
-- of those received since `since_unix_s`, and how many of them carry what analyzers read?
SELECT tenant, agent, sumMap(counted) AS counts
FROM (
    SELECT tenant, leftUTF8(agent, 200) AS agent, map('decisions', count(),
        'decision_confidence', countIf(isNotNull(confidence)),
        'decision_inputs', countIf(notEmpty(inputs)),
        'decision_policy_version', countIf(policy_version != '')) AS counted
    FROM decisions FINAL WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    GROUP BY tenant, agent
    UNION ALL
    SELECT tenant, leftUTF8(agent, 200) AS agent, map('accesses', count(),
        'access_number', countIf(isNotNull(value_num)),
        'reads', countIf(access = 'read'),
        'read_version', countIf(access = 'read' AND version != ''),
        'read_as_of', countIf(access = 'read' AND as_of > 0),
        'writes', countIf(access = 'write'),
        'write_value', countIf(access = 'write' AND (value_hash != 0 OR isNotNull(value_num))),
        'write_version', countIf(access = 'write' AND version != ''),
        'write_key', countIf(access = 'write' AND idempotency_key != '')) AS counted
    FROM data_access FINAL WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    GROUP BY tenant, agent
    UNION ALL
    SELECT tenant, leftUTF8(agent, 200) AS agent, map('effects', count(),
        'effect_delta', countIf(isNotNull(delta)),
        'effect_case', countIf(case_id != ''),
        'effect_entity', countIf(entity != ''),
        'effect_intent', countIf(intent_id != ''),
        'effect_decision', countIf(decision_id != '')) AS counted
    FROM effects FINAL WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    GROUP BY tenant, agent
    UNION ALL
    SELECT tenant, leftUTF8(agent, 200) AS agent, map('intents', count(),
        'intent_aim', countIf(notEmpty(target) OR metric != '')) AS counted
    FROM intents FINAL WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    GROUP BY tenant, agent
    UNION ALL
    SELECT tenant, leftUTF8(if(from_agent = '', agent, from_agent), 200) AS agent, map('handoffs', count()) AS counted
    FROM handoffs FINAL WHERE received >= fromUnixTimestamp({since_unix_s:UInt32})
    GROUP BY tenant, agent
)
WHERE agent IN {agents:Array(String)}
GROUP BY tenant, agent
ORDER BY tenant, agent
LIMIT 10000
