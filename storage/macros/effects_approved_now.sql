-- A table: the effects of cases and traces in which an approval was received in [since, until).
(SELECT tenant, ts, trace_id, case_id, entity FROM effects
    WHERE (tenant, case_id) IN (
        SELECT tenant, case_id FROM decisions
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} AND case_id != '' AND $was_approved)
    UNION ALL
    SELECT tenant, ts, trace_id, case_id, entity FROM effects
    WHERE (tenant, trace_id) IN (
        SELECT tenant, trace_id FROM decisions
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} AND $was_approved))
