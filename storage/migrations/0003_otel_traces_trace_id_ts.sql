-- The time range of each trace: the companion table that trace look-ups by id read first.
-- Readers add a second to End, so it stays a day below the largest DateTime (2106-02-07).
CREATE TABLE IF NOT EXISTS otel_traces_trace_id_ts$local $on_cluster (
    TraceId String,
    Start SimpleAggregateFunction(min, DateTime),
    End SimpleAggregateFunction(max, DateTime),
    Tenant LowCardinality(String),
    RetentionDays UInt16,
    ReceivedDate Date
) ENGINE = $AggregatingMergeTree
PARTITION BY (RetentionDays, ReceivedDate)
ORDER BY (TraceId, Tenant)
TTL ReceivedDate + toIntervalDay(RetentionDays + 1)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 1000;

CREATE MATERIALIZED VIEW IF NOT EXISTS otel_traces_trace_id_ts_mv $on_cluster
TO otel_traces_trace_id_ts$local AS
SELECT TraceId,
    toDateTime(clamp(toUnixTimestamp64Second(min(Timestamp)), 0, 4294880896)) AS Start,
    toDateTime(clamp(toUnixTimestamp64Second(max(Timestamp)), 0, 4294880896)) AS End,
    Tenant, RetentionDays, toDate(Received, 'UTC') AS ReceivedDate
FROM otel_traces$local
GROUP BY TraceId, Tenant, RetentionDays, ReceivedDate
