-- What do agents do in place of what they did? Share of each name in the first and the second half of this time. Sizes
-- (latency, cost, ...) have no names.
SELECT agent, metric, arrayStringConcat(arraySlice(splitByChar('\x1f', name), 2), ', ') AS what,
    sumIf(counted, NOT late) / nullIf(sum(sumIf(counted, NOT late)) OVER (PARTITION BY agent, metric), 0) AS before,
    sumIf(counted, late) / nullIf(sum(sumIf(counted, late)) OVER (PARTITION BY agent, metric), 0) AS after,
    ifNull(after, 0) - ifNull(before, 0) AS moved
FROM (
    SELECT agent, metric, ts > $__fromTime + intDiv($__toTime - $__fromTime, 2) AS late, name, counted
    FROM v1_drift_windows
    ARRAY JOIN names AS name, counts AS counted
    WHERE {narrowed} AND lane = 'day'
        AND metric NOT IN ('latency', 'tokens', 'cost', 'freshness', 'amount', 'confidence'))
GROUP BY agent, metric, what
ORDER BY abs(moved) DESC, agent, metric, what
LIMIT 200
