-- Cases in which something was written in [since, until) of receipt, as (tenant, case_id).
(
    SELECT tenant, case_id FROM data_access
    WHERE access = 'write' AND case_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
    UNION DISTINCT
    SELECT tenant, case_id FROM effects
    WHERE case_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})
