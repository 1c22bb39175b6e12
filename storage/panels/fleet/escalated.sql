-- Which share of decisions was left to somebody else (escalate, review, defer, abstain)?
SELECT avgOrNull(escalated) AS share
FROM v1_decisions
WHERE {narrowed}
