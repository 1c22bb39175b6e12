-- What causal chains need of a read or write; versions, values and times as they were sent.
trace_id, span_id, ts, entity, field, access, version, version_prev, as_of, value_hash, value_num, value_num_prev, data_id, agent,
    source, service, tool, case_id, reversible, compensates, compensated_by, decision_id, origin, received, revision
