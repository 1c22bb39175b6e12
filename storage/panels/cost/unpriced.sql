-- Which share of model calls has no known price?
SELECT countIf(cost_origin = 'unknown_model') / nullIf(countIf(cost_origin != 'none'), 0) AS share
FROM v1_steps
WHERE {narrowed} AND {version}
