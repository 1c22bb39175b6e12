-- When did spans arrive, and how long after they ended? ts: receipt; lag_s in s.
CREATE VIEW IF NOT EXISTS v1_received $on_cluster AS
SELECT Tenant AS tenant, Received AS ts, Timestamp AS started, ServiceName AS service, TraceId AS trace_id,
    SpanId AS span_id, greatest(toFloat64(Received) - toFloat64(Timestamp) - Duration / 1e9, 0) AS lag_s,
    DroppedAttributesCount + ResourceDroppedAttributesCount + DroppedEventsCount + DroppedLinksCount AS dropped
FROM otel_traces
