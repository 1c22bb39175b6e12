-- Which share of inputs came from a cache, replica, index or memory?
SELECT avgOrNull(source_kind IN ('cache', 'replica', 'index', 'memory')) AS share
FROM v1_inputs
WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime
