-- When did each client of an agent first pull a document that told of a switch?
SELECT agent, client, min(at) AS first_at
FROM governance_pulls
WHERE switch_id = {switch_id:String} AND switch_id != '' AND ({tenant:String} = '' OR tenant = {tenant:String})
GROUP BY tenant, agent, client
ORDER BY agent, client
LIMIT {rows_max:UInt64}
