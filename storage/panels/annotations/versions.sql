-- When did an agent first use a version? Grouped by one number, which is twice as fast as by two names.
SELECT min(ts) AS time, concat(any(agent), ' ', any(version)) AS text, 'version' AS tags
FROM v1_seen
WHERE {narrowed}
GROUP BY bitXor(cityHash64(agent), intHash64(cityHash64(version)))
HAVING any(version) != '' AND any(agent) != ''
ORDER BY time DESC
LIMIT 200
