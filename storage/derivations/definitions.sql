-- Which distinct texts offered tools to models in spans received in [since, until): to definitions.
INSERT INTO definitions (tenant, received, retention_days, definitions_hash, text, revision)
SELECT tenant, max(received), max(retention_days), cityHash64(definitions) AS definitions_hash, any(definitions), toUnixTimestamp64Nano(now64(9))
FROM (
    SELECT Tenant AS tenant, Received AS received, RetentionDays AS retention_days,
        arrayStringConcat(arrayFilter((text, key) -> $content_kind = 'd', mapValues(SpanAttributes), mapKeys(SpanAttributes)), '\n') AS definitions
    FROM otel_traces$local
    WHERE $range_of_receipt AND $has_content AND arrayExists(key -> $content_kind = 'd', mapKeys(SpanAttributes)))
WHERE definitions != '' AND length(definitions) <= 262144
GROUP BY tenant, definitions, toDate(received, 'UTC')
