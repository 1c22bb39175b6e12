-- What did the closed windows first..last of a lane hold, of all versions; metric and agent empty: of all?
SELECT metric, agent, number, window_start, window_end, sum(traces) AS runs,
    sumMap(arrayMap(intent -> concat(intent, '\x1f'), intents), intent_traces) AS wishes,
    sumMap(names, counts) AS held
FROM drift_windows FINAL
-- By what FINAL sorts by, first: the other columns of other windows need not be read.
PREWHERE tenant = {tenant:String} AND lane = {lane:String} AND number BETWEEN {first:Int32} AND {last:Int32}
    AND ({metric:String} = '' OR metric = {metric:String}) AND ({agent:String} = '' OR agent = {agent:String})
WHERE window_start >= toDateTime({oldest:Int64}, 'UTC') AND window_start < toDateTime({newest:Int64}, 'UTC')
GROUP BY metric, agent, number, window_start, window_end
ORDER BY number, metric, agent
LIMIT {rows_max:UInt32}
