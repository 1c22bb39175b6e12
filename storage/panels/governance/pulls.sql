-- Which agents have not asked for their limits lately? age_s: since the last pull.
SELECT agent, client, max(ts) AS pulled, $__toTime - toDateTime(pulled) AS age_s
FROM v1_pulls
WHERE {narrowed} AND switch_id = ''
GROUP BY agent, client
ORDER BY age_s DESC, agent
LIMIT 200
