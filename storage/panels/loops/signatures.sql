-- Since when is each kind of failure there, and when was it found last?
SELECT signature, max(severity_rank) AS rank, argMax(severity, severity_rank) AS worst, min(first_at) AS first,
    max(ts) AS last, count() AS findings, uniqExactArray(agents) AS agents_in_it
FROM v1_findings
WHERE {found}
GROUP BY signature
ORDER BY rank DESC, findings DESC, signature
LIMIT 100
