-- What is remembered of the streams of a lane? All that is needed to read on, in the order in which it is stored.
SELECT metric, agent, epoch_start, number, window_start, window_end, traces, windows, evidence, threshold, rho, alarm_id,
    told, plan, waiting, memory
FROM drift_streams FINAL
WHERE tenant = {tenant:String} AND lane = {lane:String} AND metric != ''
ORDER BY tenant, lane, metric, agent
LIMIT {rows_max:UInt32}
