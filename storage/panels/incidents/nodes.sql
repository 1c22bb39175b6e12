-- Which nodes does the chosen chain have?
SELECT id, title, subtitle, mainstat, secondarystat, color, arc__cause, arc__other, detail__kind, detail__agent,
    detail__system, detail__trace_id, detail__span_id
FROM v1_chain_nodes
WHERE {tenant} AND subject = ${subject:singlequote}
ORDER BY detail__at, id
LIMIT 500
