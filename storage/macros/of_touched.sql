-- Condition on contents and other tables: of a trace that is touched.
(tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
