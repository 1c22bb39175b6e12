-- How many bad outcomes are known?
SELECT count() AS outcomes
FROM v1_outcomes
WHERE {timed} AND polarity < 0
