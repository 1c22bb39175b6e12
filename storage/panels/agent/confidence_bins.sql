-- How is confidence spread, as time goes on? Decisions by tenth, each named by its upper end.
WITH toUInt8(least(floor(assumeNotNull(confidence) * 10), 9)) AS tenth
SELECT $__timeInterval(ts) AS time, countIf(tenth = 0) AS `0.1`, countIf(tenth = 1) AS `0.2`, countIf(tenth = 2) AS `0.3`,
    countIf(tenth = 3) AS `0.4`, countIf(tenth = 4) AS `0.5`, countIf(tenth = 5) AS `0.6`, countIf(tenth = 6) AS `0.7`,
    countIf(tenth = 7) AS `0.8`, countIf(tenth = 8) AS `0.9`, countIf(tenth = 9) AS `1.0`
FROM v1_decisions
WHERE {narrowed} AND {action} AND confidence IS NOT NULL
GROUP BY time
ORDER BY time
LIMIT 20000
