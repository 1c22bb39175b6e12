-- From canonical spans to facts: those that say one, and calls of tools that tools.yaml knows.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_to_facts $on_cluster TO facts$local AS
SELECT *
FROM canonical$local
WHERE slots[-1] >= $first_fact_slot OR operation IN ('decide', 'run_guardrail', 'approve', 'handoff')
    OR tool IN (SELECT tool FROM tool_rules$local WHERE generation = (SELECT max(generation) FROM tool_rules$local))
    OR startsWith(tool, 'transfer_to_') OR startsWith(tool, 'handoff to ') OR tool IN $names_handoff_tools
