-- The alarms whose windows ended in [since, until), the newest first, and what was last said to each; tenant,
-- alarm_id and agent empty: all.
SELECT tenant, alarm_id, lane, metric, agent, epoch_start, number, window_start, window_end, changed_from, changed_until,
    likeliest, paged, shared_cause, raised_at, said, if({whole:Bool}, inputs, '') AS inputs, inputs_hash,
    verdict, reason, actor, at
FROM drift_alarms FINAL
LEFT JOIN (
    SELECT tenant, alarm_id, argMax(verdict, revision) AS verdict, argMax(reason, revision) AS reason,
        argMax(actor, revision) AS actor, argMax(at, revision) AS at
    FROM drift_verdicts WHERE {tenant:String} IN ('', tenant) GROUP BY tenant, alarm_id) AS said_to USING (tenant, alarm_id)
WHERE {tenant:String} IN ('', tenant) AND ({alarm_id:String} = '' OR alarm_id = {alarm_id:String})
    AND ({agent:String} = '' OR agent = {agent:String}) AND (NOT {paged_only:Bool} OR paged)
    AND (NOT {open_only:Bool} OR verdict IN ('', 'reopened'))
    AND window_end >= {since:DateTime64(9, 'UTC')} AND window_end < {until:DateTime64(9, 'UTC')}
ORDER BY window_end DESC, alarm_id
LIMIT {rows_max:UInt32}
