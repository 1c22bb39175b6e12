-- How many bad outcomes followed?
SELECT count() AS outcomes
FROM v1_outcomes
WHERE {timed} AND polarity < 0 AND case_id IN (
    SELECT case_id
    FROM v1_decisions
    WHERE {narrowed} AND {action} AND case_id != '')
