-- How many spans are stored in a second?
SELECT count() / greatest($__toTime - $__fromTime, 1) AS spans_per_s
FROM v1_received
WHERE {timed}
