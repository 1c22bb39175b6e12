-- Which edges does a chain have, from cause to effect, under the names that the node graph reads?
CREATE VIEW IF NOT EXISTS v1_chain_edges $on_cluster AS
SELECT tenant, subject, built AS ts, id, source, target, mainstat, secondarystat, color, thickness, strokeDasharray,
    detail__reason
FROM chain_edges FINAL
WHERE (tenant, subject, revision) IN (SELECT tenant, subject, revision FROM chains FINAL)
