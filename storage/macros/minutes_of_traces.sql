-- The minutes in which the spans of the traces begin, for steps are ordered by time. Of whatever tenant:
-- it only says where to look, and to ask for the tenant as well takes twice as long.
SELECT DISTINCT arrayJoin(arrayMap(
    number -> toStartOfMinute(toDateTime(Start, 'UTC')) + toIntervalMinute(number),
    range(1 + least(dateDiff('minute', toStartOfMinute(Start), toStartOfMinute(End)), 100000)))) AS minute
FROM otel_traces_trace_id_ts
WHERE TraceId IN {trace_ids:Array(String)}
