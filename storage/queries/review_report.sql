-- What does the report of a week say whose content has this hash?
SELECT figures, markdown, html
FROM review_reports
WHERE tenant = {tenant:String} AND week = {week:UInt32} AND sha256 = {sha256:String}
ORDER BY made_at
LIMIT 1
