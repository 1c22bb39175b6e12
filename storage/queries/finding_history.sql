-- What did people do about a finding, the latest first?
SELECT action, actor, note, muted_until, at
FROM finding_actions
WHERE tenant = {tenant:String} AND finding_id = {finding_id:String}
ORDER BY at DESC
LIMIT 200
