-- Who did what when, in the chosen chain?
SELECT detail__at AS time, detail__agent AS agent, detail__kind AS kind, title, mainstat, detail__trace_id AS trace_id
FROM v1_chain_nodes
WHERE {tenant} AND subject = ${subject:singlequote}
ORDER BY time
LIMIT 500
