-- Which agents did something?
SELECT DISTINCT agent
FROM v1_seen
WHERE {timed} AND agent != ''
ORDER BY agent
LIMIT 1000
