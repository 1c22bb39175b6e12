-- The text (by checksum) that each derived view has.
SELECT name, argMax(checksum, applied_at) AS checksum
FROM wakeline_views
GROUP BY name
ORDER BY name
LIMIT 1000
