-- Did spans that were received in [since, until) bring any texts?
SELECT 1 AS some
FROM otel_traces
WHERE $range_of_receipt AND $has_content
LIMIT 1
