-- At which decisions of a week did more point than at others when it was drawn, and by how much?
SELECT decision_id, boost
FROM review_boosts
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND attempt = {attempt:String}
ORDER BY decision_id
LIMIT 1 BY decision_id
LIMIT {rows_max:UInt64}
