-- How many agents did something?
SELECT uniqExact(agent) AS agents
FROM v1_steps
WHERE {narrowed} AND agent != ''
