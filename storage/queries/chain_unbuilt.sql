-- Which bad outcomes that were stored since `stored_since` (ns) have no chain yet? The oldest first.
SELECT tenant, outcome_id, min(revision) AS stored FROM outcomes
WHERE polarity < 0 AND revision >= {stored_since:UInt64} AND received >= {received_since:DateTime64(9, 'UTC')}
    AND (tenant, concat('outcome/', outcome_id)) NOT IN (SELECT tenant, subject FROM chains)
GROUP BY tenant, outcome_id
ORDER BY stored, outcome_id
LIMIT {rows_max:UInt64}
