-- Of which decisions is the right verdict known?
SELECT decision_id, of_week, of_case, toString(verdict) AS verdict, why, by, at
FROM (
    SELECT * FROM review_gold
    WHERE tenant = {tenant:String}
    ORDER BY at DESC, of_case
    LIMIT 1 BY decision_id)
WHERE NOT taken_out
ORDER BY decision_id
LIMIT {rows_max:UInt64}
