-- Which kinds of content stand in the traces that received some in [since, until)?
WITH touched AS (
    SELECT DISTINCT tenant, trace_id FROM contents
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')})
SELECT max(notEmpty(offered)) AS offers, max(notEmpty(members)) AS members,
    max(operation = 'execute_tool' AND rows > 1 AND notEmpty(found) AND NOT ranked) AS candidates,
    max(operation = 'execute_tool' AND (rows = 0 OR rows > 0 AND total > rows)) AS gaps,
    max(operation IN ('chat', 'text_completion', 'generate_content', 'invoke_agent', 'plan')) AS answers,
    max(instructions_hash != 0) AS instructions,
    (SELECT count() FROM tool_results WHERE $of_touched) > 0 AS results
FROM contents
WHERE $of_touched
LIMIT 1
