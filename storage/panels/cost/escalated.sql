-- Do decisions that are left to people cost more? Model calls of the runs in which they were taken; runs that
-- called no model are left out.
SELECT if(left_to_others, 'left to others', 'taken alone') AS kind, count() AS runs, sum(usd) / runs AS usd_per_run
FROM (
    SELECT cityHash64(tenant, trace_id) AS run, sum(ifNull(cost_usd, 0)) AS usd
    FROM v1_steps
    WHERE {narrowed} AND cost_origin != 'none'
    GROUP BY run) AS paid
INNER JOIN (
    SELECT cityHash64(tenant, trace_id) AS run, max(escalated) AS left_to_others
    FROM v1_decisions
    WHERE {narrowed}
    GROUP BY run) AS decided USING (run)
GROUP BY kind
ORDER BY kind
LIMIT 2
