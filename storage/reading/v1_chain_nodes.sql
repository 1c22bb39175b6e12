-- Which nodes does a chain have, under the names that the node graph reads?
CREATE VIEW IF NOT EXISTS v1_chain_nodes $on_cluster AS
SELECT tenant, subject, built AS ts, id, title, subtitle, mainstat, secondarystat, color, arc__cause, arc__other,
    detail__kind, detail__agent, detail__system, detail__at, detail__trace_id, detail__span_id
FROM chain_nodes FINAL
WHERE (tenant, subject, revision) IN (SELECT tenant, subject, revision FROM chains FINAL)
