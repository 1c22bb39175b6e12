-- What did agents do to the business? delta is signed, in its unit.
CREATE VIEW IF NOT EXISTS v1_effects $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, service, agent, case_id, entity, kind, metric,
    toFloat64(delta) AS delta, unit, opens, closes, decision_id
FROM effects FINAL
