-- Which agents have fallen silent? Those that did something in this time, but nothing in its last quarter of an
-- hour.
SELECT agent, any(service) AS service, max(ts) AS last_seen, $__toTime - toDateTime(last_seen) AS silent_s, count() AS steps
FROM v1_steps
WHERE {narrowed} AND agent != ''
GROUP BY agent
HAVING silent_s > 900
ORDER BY silent_s DESC, agent
LIMIT 200
