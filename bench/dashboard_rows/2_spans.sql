INSERT INTO otel_traces (Tenant, Received, RetentionDays, Timestamp, Duration, TraceId, SpanId, ServiceName, SpanName)
WITH number + {start} AS n, intDiv(n, 10) AS run, toDateTime64('{now}', 9) - toIntervalMillisecond(
    toUInt64(2592000000 * pow(1 - run / ({spans} / 10 + 1), 2))) AS began
SELECT 'default', began + toIntervalSecond(n % 10), 3650, began + toIntervalSecond(n % 10), 1000000,
    lower(hex(cityHash64(run, 1))), lower(hex(n)), concat('service-', toString(run % 20)), 'step'
FROM numbers({count})
