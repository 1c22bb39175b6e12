-- What did model calls cost? Calls without a known price are not in it.
SELECT sum(cost_usd) AS usd
FROM v1_steps
WHERE {narrowed}
