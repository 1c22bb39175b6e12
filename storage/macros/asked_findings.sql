-- The findings that are asked for, in the state that people left them in; empty texts, 1970, 2262 and 0 ask for all.
SELECT finding_id, signature, signature_version, toString(severity) AS severity, confidence, tenant, agents, lane, case_id,
    first_at, last_at, found_at, evidence, trace_ids, reason, facts, tags, mute_key, origin, degraded, shadow,
    retracted, verdict, greatest(toInt64(revision), toUnixTimestamp64Nano(acted_at)) AS changed_ns,
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
        AND last_at >= {since:DateTime64(9)} AND first_at < {until:DateTime64(9)} AND found_at >= {found_since:DateTime64(9)}
        AND ({text:String} = '' OR positionCaseInsensitiveUTF8(reason, {text:String}) > 0)
        AND toInt8(severity) >= {severity_min:Int8}
        AND (shadow <= {shadow:Bool}) AND (retracted <= {retracted:Bool})) AS found
LEFT ANY JOIN (
    SELECT tenant, finding_id, max(at) AS acted_at,
        maxIf(at, action = 'resolve') AS resolved_at, maxIf(at, action = 'reopen') AS reopened_at,
        maxIf(at, action = 'acknowledge') AS acknowledged_at,
        argMaxIf(muted_until, at, action IN ('mute', 'unmute')) AS muted_until,
        argMaxIf(action, at, action IN ('confirm', 'dismiss')) AS verdict
    FROM finding_actions
    WHERE ({tenant:String} = '' OR tenant = {tenant:String}) AND ({finding_id:String} = '' OR finding_id = {finding_id:String})
    GROUP BY tenant, finding_id) AS acted USING (tenant, finding_id)
