-- How many chains of causes were built?
SELECT count() AS chains
FROM v1_chains
WHERE {timed} AND $__conditionalAll(hasAny(agents, [${agent:singlequote}]), $agent)
