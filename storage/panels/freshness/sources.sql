-- When did each source last say something new?
SELECT source, source_kind, count() AS reads, max(as_of) AS newest_value, max(ts) AS last_read,
    toFloat64(last_read) - toFloat64(newest_value) AS behind_s
FROM v1_accesses
WHERE {narrowed} AND access = 'read' AND source != '' AND as_of > toDateTime64(0, 9)
GROUP BY source, source_kind
ORDER BY behind_s DESC, source
LIMIT 100
