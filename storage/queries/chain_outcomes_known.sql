-- How many outcomes are there of these traces and targets? Their revision is when they were received, so it
-- does not say when they were stored.
SELECT uniqExact(outcome_id) AS outcomes_known FROM outcomes
WHERE tenant = {tenant:String} AND (trace_id IN {trace_ids:Array(String)} OR hasAny(target, {targets:Array(String)}))
LIMIT 1
