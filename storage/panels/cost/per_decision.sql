-- What does a decision cost? All model calls by all decisions.
SELECT sum(usd) / nullIf(sum(decisions), 0) AS usd_per_decision
FROM (
    SELECT sum(ifNull(cost_usd, 0)) AS usd, 0 AS decisions
    FROM v1_steps
    WHERE {narrowed}
    UNION ALL
    SELECT 0, count()
    FROM v1_decisions
    WHERE {narrowed})
