-- What did the last windows say of one stream?
SELECT epoch_start, number, window_start, window_end, stratum, traces, readings, evidence, stream_evidence, threshold
FROM drift_readings FINAL
WHERE tenant = {tenant:String} AND lane = {lane:String} AND metric = {metric:String} AND agent = {agent:String}
ORDER BY number DESC
LIMIT {rows_max:UInt32}
