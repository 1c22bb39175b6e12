-- What causal chains need of a read or write; versions, values and times as they were sent.
trace_id, span_id, ts, entity, toString(field) AS field_name, access = 'write' AS is_write, version, version_prev, as_of, value_hash,
    CAST(value_num AS Nullable(Float64)) AS value, CAST(value_num_prev AS Nullable(Float64)) AS value_prev, data_id, toString(agent) AS agent_name,
    toString(if(source = '', service, source)) AS system, toString(tool) AS tool_name, case_id, reversible, compensates,
    toString(compensated_by) AS compensating_tool, decision_id, toString(origin) AS said_by
