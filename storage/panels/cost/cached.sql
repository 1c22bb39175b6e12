-- Which share of input tokens came from the cache of the provider?
SELECT sum(cache_read_tokens) / nullIf(sum(input_tokens), 0) AS share
FROM v1_steps
WHERE {narrowed} AND {version}
