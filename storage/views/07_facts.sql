-- From canonical fields to facts: events, spans that say a fact, calls of tools that tools.yaml knows or
-- that hand work over.
CREATE MATERIALIZED VIEW IF NOT EXISTS canonical_to_facts $on_cluster TO facts$local AS
SELECT *
FROM canonical$local
WHERE origin != 'span' OR says_fact OR operation IN ('decide', 'run_guardrail', 'approve', 'handoff')
    OR tool != '' AND (
        tool IN (SELECT tool FROM tool_rules$local WHERE generation = (SELECT max(generation) FROM tool_rules$local))
        OR startsWith(tool, 'transfer_to_') OR startsWith(tool, 'handoff to ') OR tool IN $names_handoff_tools)
