-- What did each reviewer say last of each case of a week, before a time?
SELECT case_id, reviewer, toString(verdict) AS verdict, toString(reason) AS reason, note, cost, toString(rubric) AS rubric, settles, at
FROM review_case_verdicts
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND at < {until:DateTime64(6, 'UTC')}
ORDER BY at DESC, verdict
LIMIT 1 BY case_id, reviewer, settles
LIMIT {rows_max:UInt64}
