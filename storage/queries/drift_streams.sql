-- The streams as they stand, with their plans where they are asked for; tenant, metric, agent and lane empty: all of
-- them; alarmed: of those with an open alarm, and the row that says how far a lane was read.
SELECT tenant, lane, metric, agent, epoch_start, number, window_start, window_end, traces, windows, state, evidence, threshold,
    rho, alarm_id, told, if({whole:Bool}, plan, '') AS plan, if({whole:Bool}, waiting, '') AS waiting
FROM drift_streams FINAL
WHERE {tenant:String} IN ('', tenant) AND ({lane:String} = '' OR lane = {lane:String})
    AND ({metric:String} = '' OR metric = {metric:String}) AND ({agent:String} = '' OR agent = {agent:String})
    AND (NOT {alarmed:Bool} OR metric = '' OR alarm_id != '')
ORDER BY tenant, agent, metric, lane
LIMIT {rows_max:UInt32}
