-- Which window of each tenant and lane was closed or skipped last?
SELECT tenant, lane, max(number) AS reached
FROM drift_closings
GROUP BY tenant, lane
ORDER BY tenant, lane
LIMIT {rows_max:UInt32}
