-- Which versions of these agents were at work?
SELECT DISTINCT version
FROM v1_seen
WHERE {narrowed} AND version != ''
ORDER BY version
LIMIT 1000
