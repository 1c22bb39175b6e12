-- What did runs with a loop cost?
SELECT sum(cost_usd) AS usd
FROM v1_steps
WHERE {narrowed} AND trace_id IN (
    SELECT arrayJoin(trace_ids)
    FROM v1_findings
    WHERE {found} AND signature LIKE 'LOOP-%')
