-- What causal chains need of an outcome.
outcome_id, trace_id, span_id, ts, toString(type) AS type_name, polarity, target, CAST(amount AS Nullable(Float64)) AS amount_value,
    toString(agent) AS agent_name, case_id
