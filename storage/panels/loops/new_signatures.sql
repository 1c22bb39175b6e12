-- How many kinds of failure were found for the first time in this period?
SELECT count() AS signatures
FROM (
    SELECT signature, min(first_at) AS first
    FROM v1_findings
    WHERE first_at <= $__toTime AND {tenant}
    GROUP BY signature
    HAVING first >= $__fromTime)
