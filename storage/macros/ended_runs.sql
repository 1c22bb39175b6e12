-- ended_runs
-- Common table expressions: ended are the runs (traces) of which somebody said how they ended: polarity
-- -1 if anything was bad, else 1. An outcome is of the span, of the runs that wrote the entity or the data
-- that it names, of all runs of its case; of its own run when it names nothing.
said AS (
    SELECT tenant, polarity, ts, trace_id, case_id, target FROM outcomes FINAL
    WHERE polarity != 0 AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
        AND ({tenant:String} = '' OR tenant = {tenant:String})
    ORDER BY ts DESC LIMIT {outcomes_max:UInt64}),
aimed AS (SELECT tenant, polarity, ts, arrayJoin(target) AS aim FROM said),
ended AS (
    SELECT tenant, trace_id, min(polarity) AS polarity FROM (
        SELECT tenant, trace_id, polarity FROM said WHERE empty(target) AND case_id = ''
        UNION ALL
        SELECT tenant, substring(aim, 6, 32) AS trace_id, polarity FROM aimed WHERE startsWith(aim, 'span:')
        UNION ALL
        SELECT tenant, cased.trace_id AS trace_id, polarity FROM (SELECT DISTINCT tenant, case_id, polarity FROM said WHERE case_id != '') AS s
        INNER JOIN (
            SELECT DISTINCT tenant, case_id, trace_id FROM steps
            WHERE (tenant, case_id) IN (SELECT tenant, case_id FROM said WHERE case_id != '')
                AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}) AS cased USING (tenant, case_id)
        UNION ALL
        SELECT tenant, w.trace_id AS trace_id, polarity FROM aimed
        INNER JOIN (
            SELECT tenant, arrayJoin([entity, data_id]) AS aim, trace_id, ts AS written_at FROM data_access FINAL
            WHERE access = 'write' AND status != 'Error' AND received < {until:DateTime64(9, 'UTC')}
                AND ((tenant, entity) IN (SELECT tenant, aim FROM aimed) OR (tenant, data_id) IN (SELECT tenant, aim FROM aimed))) AS w
            USING (tenant, aim)
        WHERE aim != '' AND written_at <= ts)
    WHERE trace_id != '' GROUP BY tenant, trace_id)
