-- Which runs cost most?
SELECT trace_id, min(ts) AS began, any(agent) AS first_agent, count() AS steps, sum(input_tokens + output_tokens) AS tokens,
    sum(ifNull(cost_usd, 0)) AS usd
FROM v1_steps
WHERE {narrowed} AND {version} AND cityHash64(trace_id) IN (
    SELECT cityHash64(trace_id) AS run
    FROM v1_steps
    WHERE {narrowed} AND {version} AND cost_usd > 0
    GROUP BY run
    ORDER BY sum(cost_usd) DESC, run
    LIMIT 50)
GROUP BY trace_id
ORDER BY usd DESC, trace_id
LIMIT 50
