-- Which bad outcomes that were received since have no chain yet? The newest first: its chain is awaited.
SELECT tenant, outcome_id, min(received) AS came FROM outcomes
WHERE polarity < 0 AND received >= {received_since:DateTime64(9, 'UTC')}
    AND (tenant, concat('outcome/', outcome_id)) NOT IN (
        SELECT tenant, subject FROM chains WHERE built >= {received_since:DateTime64(9, 'UTC')})
GROUP BY tenant, outcome_id
ORDER BY came DESC, outcome_id
LIMIT {rows_max:UInt64}
