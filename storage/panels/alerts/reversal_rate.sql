-- Which share of what became known was taken back? Of at least 20 outcomes.
SELECT tenant, avg(type = 'reversal') AS share
FROM v1_outcomes
WHERE $__timeFilter(ts)
GROUP BY tenant
HAVING count() >= 20
ORDER BY share DESC, tenant
LIMIT 200
