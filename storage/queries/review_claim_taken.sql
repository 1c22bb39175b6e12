-- Who took a number of a case?
SELECT attempt
FROM review_claims
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND case_id = {case_id:String} AND number = {number:UInt32}
ORDER BY at, attempt
LIMIT 1
