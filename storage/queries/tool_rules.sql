-- Up to `tools` rules of tools.yaml in force, by name, the first after `after`.
SELECT * EXCEPT (generation)
FROM tool_rules
WHERE generation = (SELECT max(generation) FROM tool_rules) AND tool > {after:String}
ORDER BY tool
LIMIT 1 BY tool
LIMIT {tools:UInt32}
