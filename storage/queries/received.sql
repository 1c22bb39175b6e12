-- How many spans and log records were received in [since, until), in each so many seconds?
SELECT toStartOfInterval(received, toIntervalSecond({seconds:UInt32}), 'UTC') AS moment, count() AS rows
FROM (
    SELECT Received AS received FROM otel_traces
    WHERE Received >= {since:DateTime64(9)} AND Received < {until:DateTime64(9)}
    UNION ALL
    SELECT Received AS received FROM otel_logs
    WHERE Received >= {since:DateTime64(9)} AND Received < {until:DateTime64(9)})
GROUP BY moment
ORDER BY moment
LIMIT 1000000
