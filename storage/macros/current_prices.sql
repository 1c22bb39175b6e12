-- The price table in force, in USD for one token.
SELECT model AS model_priced, input_usd, output_usd, cache_read_usd, cache_write_usd, reasoning_usd, batch_factor
FROM model_prices$local WHERE generation = (SELECT max(generation) FROM model_prices$local)
