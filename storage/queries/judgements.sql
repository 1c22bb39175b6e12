-- What did judges say of a finding, the newest first? current: of what it says now.
SELECT judge, question, holds, confidence, moved, quoted, why, at,
    content = (SELECT max(content) FROM findings FINAL WHERE tenant = {tenant:String} AND finding_id = {finding_id:String}) AS current
FROM finding_judgements
WHERE tenant = {tenant:String} AND finding_id = {finding_id:String}
ORDER BY at DESC
LIMIT {rows_max:UInt64}
