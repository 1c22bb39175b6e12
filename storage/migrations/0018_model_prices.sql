-- Prices in USD for one token, by the model's normalised name; the newest generation counts.
CREATE TABLE IF NOT EXISTS model_prices$local $on_cluster (
    generation UInt64,
    model String,
    provider String,
    input_usd Float64,
    output_usd Float64,
    cache_read_usd Float64,
    cache_write_usd Float64,
    reasoning_usd Float64,
    batch_factor Float64 DEFAULT 1,
    valid_from Date,
    source LowCardinality(String)
) ENGINE = $MergeTree
ORDER BY (generation, model)
SETTINGS non_replicated_deduplication_window = 1000
