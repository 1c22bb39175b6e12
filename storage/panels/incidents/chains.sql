-- Which chains are there, those with the latest rows first?
SELECT ts, subject, outcome_type, case_id, arrayStringConcat(agents, ', ') AS agents_in_it, sentence,
    score, live_writes, nodes, cut
FROM v1_chains
WHERE {timed} AND $__conditionalAll(hasAny(agents, [${agent:singlequote}]), $agent)
ORDER BY ts DESC
LIMIT 100
