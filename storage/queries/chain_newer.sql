-- Was anything of what a chain was built from stored after `stored_after` (ns)? `entities` and `fields`
-- go pairwise.
SELECT count() AS rows_newer
FROM (
    SELECT 1 FROM steps
    WHERE tenant = {tenant:String} AND toStartOfMinute(ts, 'UTC') IN ($minutes_of_traces) AND trace_id IN {trace_ids:Array(String)}
        AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM data_access
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM data_access
    WHERE tenant = {tenant:String} AND ((entity, field) IN arrayZip({entities:Array(String)}, {fields:Array(String)}) OR entity IN {whole:Array(String)})
        AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM decisions
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM effects
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM links
    WHERE tenant = {tenant:String} AND (effect_trace_id IN {trace_ids:Array(String)} OR cause_trace_id IN {trace_ids:Array(String)})
        AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM messages
    WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)} AND revision > {stored_after:UInt64}
    UNION ALL
    SELECT 1 FROM findings
    WHERE tenant = {tenant:String} AND hasAny(trace_ids, {trace_ids:Array(String)}) AND revision > {stored_after:UInt64})
LIMIT 1
