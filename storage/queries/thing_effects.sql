-- What was done without a case by the runs that did something to these things, or meant them, since `earliest`?
SELECT act.1 AS ts, act.2 AS trace_id, act.3 AS span_id, act.4 AS kind, act.5 AS entity, act.6 AS agent, act.7 AS metric,
    act.8 AS delta, act.9 AS unit, act.10 AS opens, act.11 AS closes, act.12 AS decision_id, act.13 AS origin
FROM (
    SELECT $case_effect AS act FROM effects FINAL
    WHERE tenant = {tenant:String} AND case_id = '' AND ts >= {earliest:DateTime64(9)} AND status != 'Error' AND agent != ''
        AND received < {until:DateTime64(9)} AND trace_id IN (
            SELECT trace_id FROM effects
            WHERE tenant = {tenant:String} AND case_id = '' AND ts >= {earliest:DateTime64(9)} AND entity IN {things:Array(String)}
            UNION DISTINCT
            SELECT trace_id FROM intents
            WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND hasAny(target, {things:Array(String)})))
LIMIT {rows_max:UInt64}
