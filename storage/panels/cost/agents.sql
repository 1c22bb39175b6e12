-- What does each agent cost, with each model? Runs are counted to within 1 %.
SELECT who AS agent, which AS model, calls, tokens_in, tokens_out, from_cache, usd, usd_per_run, without_price
FROM (
    SELECT any(agent) AS who, any(model) AS which, count() AS calls, sum(input_tokens) AS tokens_in,
        sum(output_tokens) AS tokens_out, sum(cache_read_tokens) / nullIf(tokens_in, 0) AS from_cache,
        sum(ifNull(cost_usd, 0)) AS usd, usd / nullIf(uniqCombined(cityHash64(trace_id)), 0) AS usd_per_run,
        countIf(cost_origin = 'unknown_model') AS without_price
    FROM v1_steps
    WHERE {narrowed} AND {version} AND cost_origin != 'none'
    GROUP BY bitXor(cityHash64(agent), intHash64(cityHash64(model))))
ORDER BY usd DESC, agent, model
LIMIT 200
