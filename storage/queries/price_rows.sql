-- The prices in force, in USD a token, by model.
SELECT model, provider, input_usd, output_usd, cache_read_usd, cache_write_usd, reasoning_usd,
    batch_factor, valid_from, source
FROM model_prices
WHERE generation = (SELECT max(generation) FROM model_prices)
ORDER BY model
LIMIT 100000
