-- Which share of its decisions did it leave to somebody else?
SELECT avgOrNull(escalated) AS share
FROM v1_decisions
WHERE {narrowed} AND {action}
