-- Which errors of a tool do calls of several traces run into again and again, in the hours that saw some? A
-- logical call: all failures of equal arguments in one trace. Left out: those whose pauses grow by `backoff`
-- each time, or have grown to five times of that. A storm is the minutes with so many attempts, and so
-- many for each logical call; a_minute: attempts in the worst of them.
-- Touched by steps.
-- Touched by steps.
WITH touched AS (
    SELECT tenant, error_lane, toStartOfHour(ts, 'UTC') AS hour FROM steps
    WHERE error_lane != 0 AND tool != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
    GROUP BY tenant, error_lane, hour)
SELECT tenant, concat('tool:', service_name, '|', tool_name, '|', error, '|', toString(hour)) AS lane, 'storm' AS anchor,
    arraySlice(arraySort(groupUniqArrayArray(names)), 1, 64) AS agents, max(of_case) AS case_id, min(first_at) AS first_ts, max(last_at) AS last_ts,
    arrayMap((span, i) -> (span.2, span.3, if(i = 1, 'cause', 'violation')), arraySlice(arraySort(groupArrayArray(spans)) AS every, 1, 8) AS some, arrayEnumerate(some)) AS evidence,
    'explicit' AS origin, any(service) AS service_name, any(tool) AS tool_name, any(error_type) AS error,
    toInt64(sum(attempts)) AS attempt_count, toInt64(sum(calls)) AS call_minutes, attempt_count / call_minutes AS per_call, toInt64(max(attempts)) AS a_minute,
    toInt64(length(arrayDistinct(every.2))) AS traces
FROM (
    SELECT tenant, error_lane, hour, toStartOfMinute(toDateTime(attempt.1, 'UTC')) AS minute, count() AS attempts, uniqExact(trace_id, shape) AS calls,
        any(c.service) AS service, any(c.tool) AS tool, any(c.error_type) AS error_type, max(c.case_id) AS of_case,
        groupUniqArray(toString(agent)) AS names, min(attempt.1) AS first_at, max(attempt.1) AS last_at,
        arraySlice(arraySort(groupArray((attempt.1, trace_id, attempt.2))), 1, 64) AS spans
    FROM (
        SELECT tenant, error_lane, toStartOfHour(ts, 'UTC') AS hour, trace_id, if(arguments_state = 'none', 0, shape_hash) AS shape,
            any(service) AS service, any(tool) AS tool, any(error_type) AS error_type, any(agent) AS agent, max(case_id) AS case_id,
            arraySort(groupArray((ts, span_id))) AS tries,
            arrayPopFront(arrayDifference(arrayMap(one -> toUnixTimestamp64Nano(one.1), tries))) AS pauses
        FROM steps FINAL
        WHERE (tenant, error_lane, toStartOfHour(ts, 'UTC')) IN touched AND received < {until:DateTime64(9)}
        GROUP BY tenant, error_lane, hour, trace_id, shape
        HAVING length(pauses) < 2 OR pauses[-1] < pow({backoff:Float64}, least(length(pauses) - 1, 5)) * pauses[1]) AS c
    ARRAY JOIN tries AS attempt
    GROUP BY tenant, error_lane, hour, minute
    HAVING attempts >= {attempts_a_minute:Int64} AND attempts >= {attempts_a_call:Float64} * calls)
GROUP BY tenant, error_lane, hour
HAVING traces > 1
