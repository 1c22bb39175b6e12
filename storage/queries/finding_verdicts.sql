-- How often did people confirm and dismiss findings of each tenant and signature? The newest verdict counts.
SELECT tenant, signature, countIf(verdict = 'confirm') AS confirmed, countIf(verdict = 'dismiss') AS dismissed
FROM (
    SELECT tenant, finding_id, any(signature) AS signature, argMax(action, at) AS verdict
    FROM finding_actions
    WHERE action IN ('confirm', 'dismiss')
    GROUP BY tenant, finding_id)
GROUP BY tenant, signature
LIMIT 100000
