-- From span links to edges between traces.
CREATE MATERIALIZED VIEW IF NOT EXISTS traces_to_links $on_cluster TO links$local AS
SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days, Timestamp AS ts,
    TraceId AS effect_trace_id, SpanId AS effect_span_id,
    link.1 AS cause_trace_id, link.2 AS cause_span_id,
    coalesce(nullIf(link.3['crewai.link.type'], ''), nullIf(link.3['wakeline.link.type'], ''), 'link') AS kind,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT Tenant, Received, RetentionDays, Timestamp, TraceId, SpanId,
        arrayJoin(arrayZip(Links.TraceId, Links.SpanId, Links.Attributes)) AS link
    FROM otel_traces$local
    WHERE notEmpty(Links.TraceId) $range_and)
