-- USD of a model call: cached tokens are a part of the input, reasoning tokens of the output.
(greatest(toInt64(in_tokens) - toInt64(read_tokens) - toInt64(write_tokens), 0) * input_usd
    + read_tokens * cache_read_usd + write_tokens * cache_write_usd
    + greatest(toInt64(out_tokens) - toInt64(reason_tokens), 0) * output_usd
    + reason_tokens * reasoning_usd) * if(batched, batch_factor, 1)
