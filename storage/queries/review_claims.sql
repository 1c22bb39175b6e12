-- Who had each case of a week before them last, and until when? Of two who took the same number, the first.
SELECT case_id, number, reviewer, at, until, attempt
FROM review_claims
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND {case_id:String} IN ('', case_id)
ORDER BY case_id, number DESC, at
LIMIT 1 BY case_id
LIMIT {rows_max:UInt64}
