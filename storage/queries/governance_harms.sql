-- Which critical findings did people say are so, of which agents, and when was it said first? The newest verdict counts.
WITH said AS (
    SELECT finding_id, minIf(at, action = 'confirm') AS confirmed_at
    FROM finding_actions
    WHERE tenant = {tenant:String} AND action IN ('confirm', 'dismiss')
    GROUP BY finding_id
    HAVING argMax(action, at) = 'confirm')
SELECT found.finding_id AS finding_id, found.signature AS signature, found.agents AS agents, said.confirmed_at AS confirmed_at
FROM findings AS found FINAL
INNER JOIN said ON said.finding_id = found.finding_id
WHERE found.tenant = {tenant:String} AND found.finding_id IN (SELECT finding_id FROM said)
    AND found.severity = 'critical' AND NOT found.shadow AND NOT found.retracted
ORDER BY confirmed_at DESC, finding_id
LIMIT {rows_max:UInt64}
