-- What did model calls cost?
SELECT sum(cost_usd) AS usd
FROM v1_steps
WHERE {narrowed} AND {version}
