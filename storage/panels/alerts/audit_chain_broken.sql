-- How many entries of the audit trail do not follow from the one before? Of each tenant. An entry that two writers
-- took at once counts once: the first that was stored.
SELECT tenant, toFloat64(countIf(sequence > 1 AND earlier_sha256 != previous)) AS broken
FROM (
    SELECT tenant, sequence, previous, lagInFrame(sha256, 1, previous) OVER (
        PARTITION BY tenant ORDER BY sequence ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS earlier_sha256
    FROM (
        SELECT tenant, sequence, argMin(previous, stored_at) AS previous, argMin(sha256, stored_at) AS sha256
        FROM v1_governance
        WHERE $__timeFilter(ts)
        GROUP BY tenant, sequence))
GROUP BY tenant
ORDER BY broken DESC, tenant
LIMIT 200
