-- What did these traces do to the business? Those that failed did nothing.
SELECT trace_id, span_id, ts, entity, kind, metric, delta, unit, agent, case_id, decision_id, received, revision
FROM effects
WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND status != 'Error'
LIMIT {rows_max:UInt64}
