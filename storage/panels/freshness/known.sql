-- Of which share of inputs is it known how old they are?
SELECT avgOrNull(age_s IS NOT NULL) AS share
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime
