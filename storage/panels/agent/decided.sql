-- How many decisions did the agent take?
SELECT count() AS decisions
FROM v1_decisions
WHERE {narrowed} AND {action}
