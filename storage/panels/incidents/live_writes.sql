-- How many writes of incidents still stand?
SELECT sum(live_writes) AS writes
FROM v1_chains
WHERE {timed} AND $__conditionalAll(hasAny(agents, [${agent:singlequote}]), $agent)
