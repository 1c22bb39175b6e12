-- Did spans that were received in [since, until) say which tools were offered to a model?
SELECT 1 AS some
FROM otel_traces
WHERE $range_of_receipt AND arrayExists(key -> $content_kind = 'd', mapKeys(SpanAttributes))
LIMIT 1
