-- How long do people take to answer? From the escalation to the approval that a link ties to it; median and 95th
-- percentile.
SELECT $__timeInterval(asked.at) AS time, quantile(0.5)(toFloat64(answered.at) - toFloat64(asked.at)) AS p50_s,
    quantile(0.95)(toFloat64(answered.at) - toFloat64(asked.at)) AS p95_s
FROM (
    SELECT tenant, trace_id, min(ts) AS at
    FROM v1_decisions
    WHERE {narrowed} AND escalated
    GROUP BY tenant, trace_id) AS asked
INNER JOIN (
    SELECT DISTINCT tenant, cause_trace_id, effect_trace_id
    FROM v1_links
    WHERE {timed}) AS tied ON tied.tenant = asked.tenant AND tied.cause_trace_id = asked.trace_id
INNER JOIN (
    SELECT tenant, trace_id, min(ts) AS at
    FROM v1_decisions
    WHERE {timed} AND approval_id != ''
    GROUP BY tenant, trace_id) AS answered ON answered.tenant = tied.tenant AND answered.trace_id = tied.effect_trace_id
GROUP BY time
ORDER BY time
LIMIT 20000
