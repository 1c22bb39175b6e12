-- Which findings are there, the latest first? Empty text, '1970' and 0 ask for all; state as people left it.
SELECT finding_id, signature, signature_version, toString(severity) AS severity, confidence, tenant, agents, lane, case_id,
    first_at, last_at, found_at, evidence, trace_ids, reason, facts, tags, mute_key, origin, degraded, shadow,
    retracted, verdict,
    multiIf(retracted, 'resolved', muted_until > now64(9), 'muted',
        resolved_at > reopened_at AND last_at > resolved_at AND acknowledged_at <= resolved_at, 'regressed',
        resolved_at > reopened_at AND last_at <= resolved_at, 'resolved',
        acknowledged_at > reopened_at, 'acknowledged', 'open') AS state
FROM (
    SELECT *, trace_ids
    FROM findings FINAL
    WHERE ({tenant:String} = '' OR tenant = {tenant:String})
        AND ({signature:String} = '' OR signature = {signature:String})
        AND ({agent:String} = '' OR has(agents, {agent:String}))
        AND ({trace_id:String} = '' OR has(trace_ids, {trace_id:String}))
        AND ({case_id:String} = '' OR case_id = {case_id:String})
        AND ({finding_id:String} = '' OR finding_id = {finding_id:String})
        AND last_at >= {since:DateTime64(9)} AND found_at >= {found_since:DateTime64(9)}
        AND toInt8(severity) >= {severity_min:Int8}
        AND (shadow <= {shadow:Bool}) AND (retracted <= {retracted:Bool})) AS found
LEFT ANY JOIN (
    SELECT tenant, finding_id,
        maxIf(at, action = 'resolve') AS resolved_at, maxIf(at, action = 'reopen') AS reopened_at,
        maxIf(at, action = 'acknowledge') AS acknowledged_at,
        argMaxIf(muted_until, at, action IN ('mute', 'unmute')) AS muted_until,
        argMaxIf(action, at, action IN ('confirm', 'dismiss')) AS verdict
    FROM finding_actions
    GROUP BY tenant, finding_id) AS acted USING (tenant, finding_id)
WHERE ({state:String} = '' OR state = {state:String})
    AND (last_at, finding_id) < ({before:DateTime64(9)}, {before_id:String})
ORDER BY last_at DESC, finding_id DESC
LIMIT {rows_max:UInt32}
