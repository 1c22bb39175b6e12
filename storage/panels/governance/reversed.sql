-- Which share of outcomes are reversals?
SELECT avgOrNull(type = 'reversal') AS share
FROM v1_outcomes
WHERE {timed}
