-- When each service was last heard of, spans and log records of the last `days` days together.
SELECT Tenant AS tenant, ServiceName AS service, max(last_received) AS last_received,
    sum(spans) AS spans, sum(log_records) AS log_records
FROM (
    SELECT Tenant, ServiceName, max(Received) AS last_received, count() AS spans, 0 AS log_records
    FROM otel_traces
    WHERE Received > now() - toIntervalDay({days:UInt16})
    GROUP BY Tenant, ServiceName
    UNION ALL
    SELECT Tenant, ServiceName, max(Received), 0, count()
    FROM otel_logs
    WHERE Received > now() - toIntervalDay({days:UInt16})
    GROUP BY Tenant, ServiceName
)
GROUP BY tenant, service
ORDER BY last_received DESC
LIMIT {limit:UInt32}
