-- Whose is this trace?
SELECT Tenant AS tenant, max(RetentionDays) AS retention_days FROM otel_traces_trace_id_ts
WHERE ({tenant:String} = '' OR Tenant = {tenant:String}) AND TraceId = {trace_id:String}
GROUP BY tenant
ORDER BY tenant
LIMIT 1
