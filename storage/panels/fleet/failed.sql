-- Which share of steps failed?
SELECT avgOrNull(failed) AS share
FROM v1_steps
WHERE {narrowed}
