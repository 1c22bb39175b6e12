-- What became of what agents did? polarity -1 bad, 0, 1 good.
CREATE VIEW IF NOT EXISTS v1_outcomes $on_cluster AS
SELECT tenant, ts, received, trace_id, span_id, service, agent, case_id, outcome_id, type, polarity, target,
    toFloat64(amount) AS amount
FROM outcomes FINAL
