-- What did these traces do to the business? Those that failed did nothing.
SELECT trace_id, span_id, ts, entity, toString(kind) AS kind_name, toString(metric) AS metric_name,
    CAST(delta AS Nullable(Float64)) AS delta_value, toString(unit) AS unit_name, toString(agent) AS agent_name, case_id, decision_id
FROM effects
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND status != 'Error'
ORDER BY revision DESC
LIMIT 1 BY case_id, ts, trace_id, span_id, kind, metric, entity
LIMIT {rows_max:UInt64}
