-- Which share of decisions was blocked?
SELECT avgOrNull(blocked) AS share
FROM v1_decisions
WHERE {narrowed}
