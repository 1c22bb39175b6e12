-- What causal chains need of an outcome.
outcome_id, trace_id, span_id, ts, type, polarity, target, amount, agent, case_id, received, revision
