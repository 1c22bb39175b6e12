-- Which causes come again? Sentences of the likeliest causes and how much is at risk.
SELECT top_cause, any(sentence) AS example, count() AS chains, avg(score) AS score, sum(live_writes) AS live_writes,
    arrayStringConcat(arrayMap((amount, unit) -> concat(toString(round(amount, 2)), ' ', unit),
        mapValues(sumMap(money_at_risk)), mapKeys(sumMap(money_at_risk))), ', ') AS at_risk
FROM v1_chains
WHERE {timed} AND $__conditionalAll(hasAny(agents, [${agent:singlequote}]), $agent)
GROUP BY top_cause
ORDER BY chains DESC, score DESC
LIMIT 100
