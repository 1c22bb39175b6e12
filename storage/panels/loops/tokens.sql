-- How many tokens were spent in runs with a loop?
SELECT sum(input_tokens + output_tokens) AS tokens
FROM v1_steps
WHERE {narrowed} AND trace_id IN (
    SELECT arrayJoin(trace_ids)
    FROM v1_findings
    WHERE {found} AND signature LIKE 'LOOP-%')
