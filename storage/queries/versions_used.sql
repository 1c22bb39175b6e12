-- Which versions, models, prompts, tool schemas, policy versions and sources did an agent use in [since, until),
-- from when on, and how often? version of a text: its hash. A row that is there twice moves no first use, so
-- FINAL, which would cost more than all else, is left out.
SELECT said.1 AS kind, said.2 AS what, said.3 AS version, min(first) AS first_at, max(last) AS last_at, sum(times) AS uses
FROM (
    SELECT [('deploy', toString(agent_version)), ('model', toString(model))] AS found, '' AS part,
        min(ts) AS first, max(ts) AS last, count() AS times
    FROM steps
    WHERE tenant = {tenant:String} AND agent = {agent:String}
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY agent_version, model
    UNION ALL
    SELECT [('prompt', lower(hex(instructions_hash))), ('tool_schema', lower(hex(definitions_hash)))] AS found, '' AS part,
        min(ts) AS first, max(ts) AS last, count() AS times
    FROM contents
    WHERE tenant = {tenant:String} AND agent = {agent:String} AND (instructions_hash != 0 OR definitions_hash != 0)
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY instructions_hash, definitions_hash
    UNION ALL
    SELECT [('policy', toString(policy_version))] AS found, toString(policy_id) AS part,
        min(ts) AS first, max(ts) AS last, count() AS times
    FROM decisions
    WHERE tenant = {tenant:String} AND agent = {agent:String} AND policy_version != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY policy_id, policy_version
    UNION ALL
    SELECT [('data_source', toString(source))] AS found, concat(toString(entity_type), '.', toString(field)) AS part,
        min(ts) AS first, max(ts) AS last, count() AS times
    FROM data_access
    WHERE tenant = {tenant:String} AND agent = {agent:String} AND access = 'read' AND source != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY entity_type, field, source)
ARRAY JOIN arrayMap(one -> (one.1, if(part = '', {agent:String}, part), one.2), found) AS said
WHERE version NOT IN ('', '00')
GROUP BY kind, what, version
ORDER BY kind, what, first_at, version
LIMIT {rows_max:UInt64}
