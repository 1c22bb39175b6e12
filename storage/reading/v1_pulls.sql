-- When did clients of agents last pull their limits? switch_id: of a kill switch that a pull told of.
CREATE VIEW IF NOT EXISTS v1_pulls $on_cluster AS
SELECT tenant, agent, client, switch_id, max(at) AS ts
FROM governance_pulls
GROUP BY tenant, agent, client, switch_id
