-- Which actions did these agents decide about?
SELECT DISTINCT action
FROM v1_decisions
WHERE {narrowed} AND action != ''
ORDER BY action
LIMIT 1000
