-- Which spans of these traces were received in [since, until)?
SELECT DISTINCT trace_id, span_id
FROM steps
WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} AND trace_id IN {trace_ids:Array(String)}
LIMIT 1000000
