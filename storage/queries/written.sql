-- When was something written to these cases, or in these traces, from `earliest` on and received before
-- `until`? The newest times so many, in ns since 1970, by case or trace.
SELECT tenant, key, arraySlice(arraySort(groupArray(toUnixTimestamp64Nano(ts))), -{writes_max:UInt32}) AS at_ns
FROM (
    SELECT tenant, received, ts, arrayJoin([case_id, trace_id]) AS key FROM data_access WHERE access = 'write' AND status != 'Error'
    UNION ALL
    SELECT tenant, received, ts, arrayJoin([case_id, trace_id]) FROM effects WHERE status != 'Error')
WHERE key IN {keys:Array(String)} AND received >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
GROUP BY tenant, key
LIMIT 1000000
