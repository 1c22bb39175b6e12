-- The hours of a period in which spans or log records were received, in order.
SELECT DISTINCT toStartOfHour(toTimeZone(Received, 'UTC')) AS hour
FROM (
    SELECT Received FROM otel_traces
    WHERE Received >= {since:DateTime64(9, 'UTC')} AND Received < {until:DateTime64(9, 'UTC')}
    UNION ALL
    SELECT Received FROM otel_logs
    WHERE Received >= {since:DateTime64(9, 'UTC')} AND Received < {until:DateTime64(9, 'UTC')})
ORDER BY hour
LIMIT 100000
