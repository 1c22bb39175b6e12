-- How many tokens go in and come out?
SELECT $__timeInterval(ts) AS time, sum(input_tokens) AS input, sum(cache_read_tokens) AS from_cache,
    sum(output_tokens) AS output, sum(reasoning_tokens) AS reasoning
FROM v1_steps
WHERE {narrowed} AND {version}
GROUP BY time
ORDER BY time
LIMIT 20000
