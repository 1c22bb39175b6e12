-- How old was the oldest input of a decision?
SELECT max(age_s) AS age_s
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime
