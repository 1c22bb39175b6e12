-- How many decisions are taken in a second?
SELECT count() / greatest($__toTime - $__fromTime, 1) AS decisions_per_s
FROM v1_decisions
WHERE {narrowed}
