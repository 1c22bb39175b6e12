-- What did each agent do from `since` to `until`, the busiest first? tenant empty: all. slices, counts: steps in
-- each of 30 equal parts of that time, where there were some; finding_share: each finding shared out to its
-- agents; times of runs in ms, usd: of model calls with a price.
WITH {since:DateTime64(3, 'UTC')} AS from_ts, {until:DateTime64(3, 'UTC')} AS to_ts,
    (toUnixTimestamp64Milli(to_ts) - toUnixTimestamp64Milli(from_ts)) / 30 AS slice_ms
SELECT tenant, agent, max(seen) AS last_seen, sum(stepped) AS steps, sum(failures) AS failed, sum(decided) AS decisions,
    sum(left_to_others) AS escalated, sum(refused) AS blocked, sum(found) AS findings, sum(part) AS finding_share,
    sum(looped) AS loops, sum(spent) AS usd, max(p95) AS run_p95_ms, groupArrayIf(slice, stepped > 0) AS slices,
    groupArrayIf(stepped, stepped > 0) AS counts
FROM (
    SELECT tenant, agent, toUInt8(least(29, (toUnixTimestamp64Milli(ts) - toUnixTimestamp64Milli(from_ts)) / slice_ms)) AS slice,
        max(ts) AS seen, count() AS stepped, countIf(failed) AS failures, 0 AS decided, 0 AS left_to_others, 0 AS refused,
        0 AS found, 0. AS part, 0 AS looped, sum(ifNull(cost_usd, 0)) AS spent,
        ifNull(quantileIfOrNull(0.95)(duration_ms, operation = 'invoke_agent'), 0) AS p95
    FROM v1_steps
    WHERE ts >= from_ts AND ts < to_ts AND ({tenant:String} = '' OR tenant = {tenant:String}) AND agent != ''
    GROUP BY tenant, agent, slice
    UNION ALL
    SELECT tenant, agent, 0, max(ts), 0, 0, count(), countIf(escalated), countIf(blocked), 0, 0., 0, 0, 0
    FROM v1_decisions
    WHERE ts >= from_ts AND ts < to_ts AND ({tenant:String} = '' OR tenant = {tenant:String}) AND agent != ''
    GROUP BY tenant, agent
    UNION ALL
    SELECT tenant, arrayJoin(agents) AS agent, 0, toDateTime64(0, 9), 0, 0, 0, 0, 0, count(),
        sum(1 / length(v1_findings.agents)), countIf(signature LIKE 'LOOP-%'), 0, 0
    FROM v1_findings
    WHERE ts >= from_ts AND ts < to_ts AND ({tenant:String} = '' OR tenant = {tenant:String})
    GROUP BY tenant, agent)
GROUP BY tenant, agent
ORDER BY steps DESC, decisions DESC, tenant, agent
LIMIT {rows_max:UInt32}
