-- Which attribute keys of the newest spans and log records does nothing read,
-- that is, are not in `known` and fit none of the LIKE patterns `understood`? `rows` have it (of one row,
-- 128 such keys count); keys that differ by a position (.0., .1.) are one, with * for it. Keys and
-- scopes come from whoever sends: their first 100 characters are told.
SELECT leftUTF8(sent, 100) AS key, scope, signal, count() AS rows
FROM (
    SELECT 'span' AS signal, leftUTF8(ScopeName, 100) AS scope, mapKeys(SpanAttributes) AS keys
    FROM otel_traces
    WHERE Received >= fromUnixTimestamp({since_unix_s:UInt32})
    LIMIT {raw_max:UInt32}
    UNION ALL
    SELECT 'log', leftUTF8(ScopeName, 100), mapKeys(LogAttributes)
    FROM otel_logs
    WHERE Received >= fromUnixTimestamp({since_unix_s:UInt32})
    LIMIT {raw_max:UInt32}
)
ARRAY JOIN arrayDistinct(arrayMap(k -> replaceRegexpAll(k, '\\.[0-9]+\\b', '.*'),
    arraySlice(arrayFilter(k -> k NOT IN {known:Array(String)}, keys), 1, 128))) AS sent
GROUP BY key, scope, signal
HAVING NOT arrayExists(pattern -> key LIKE pattern, {understood:Array(String)})
ORDER BY rows DESC, key, scope, signal
LIMIT {keys_max:UInt32}
