-- The tools.yaml in force: when it was applied (ns, 0 = never), how many tools it has, which arguments
-- are no part of a shape, and most entities of a type inside one case (0 = never). Always one row.
SELECT (SELECT max(generation) FROM tool_rules) AS generation,
    (
        SELECT uniqExact(tool) FROM tool_rules
        WHERE generation = (SELECT max(generation) FROM tool_rules) AND tool != ''
    ) AS tools_total,
    argMax(volatile_arguments, tool_settings.generation) AS volatile_arguments,
    argMax(hubs, tool_settings.generation) AS hubs
FROM tool_settings
