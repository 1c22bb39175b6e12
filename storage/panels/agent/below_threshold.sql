-- Which share of decisions was below the threshold that was asked for?
SELECT avgOrNull(confidence < threshold) AS share
FROM v1_decisions
WHERE {narrowed} AND {action} AND confidence IS NOT NULL AND threshold IS NOT NULL
