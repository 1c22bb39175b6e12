-- Which edges does the chosen chain have?
SELECT id, source, target, mainstat, secondarystat, color, thickness, strokeDasharray, detail__reason
FROM v1_chain_edges
WHERE {tenant} AND subject = ${subject:singlequote}
ORDER BY id
LIMIT 2000
