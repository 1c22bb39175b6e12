-- How does each agent do? The busiest first; last_seen: start of its last step.
SELECT agent, max(seen) AS last_seen, sum(stepped) AS steps, sum(decided) AS decisions,
    sum(left_to_others) / nullIf(decisions, 0) AS escalated, sum(failures) / nullIf(steps, 0) AS failed,
    sum(looped) AS loops, sum(found) AS findings, sum(alarms) AS drift_alarms, sum(spent) AS usd,
    usd / nullIf(decisions, 0) AS usd_per_decision, max(version) AS threshold_version
FROM (
    SELECT agent, max(ts) AS seen, count() AS stepped, 0 AS decided, 0 AS left_to_others,
        countIf(failed) AS failures, 0 AS looped, 0 AS found, 0 AS alarms, sum(ifNull(cost_usd, 0)) AS spent, '' AS version
    FROM v1_steps
    WHERE {narrowed} AND agent != ''
    GROUP BY agent
    UNION ALL
    SELECT agent, max(ts), 0, count(), countIf(escalated), 0, 0, 0, 0, 0,
        argMaxIf(threshold_version, ts, threshold_version != '')
    FROM v1_decisions
    WHERE {narrowed} AND agent != ''
    GROUP BY agent
    UNION ALL
    SELECT arrayJoin(agents) AS agent, toDateTime64(0, 9), 0, 0, 0, 0, countIf(signature LIKE 'LOOP-%'), count(), 0,
        0, ''
    FROM v1_findings
    WHERE {found}
    GROUP BY agent
    UNION ALL
    SELECT agent, toDateTime64(0, 9), 0, 0, 0, 0, 0, 0, count(), 0, ''
    FROM v1_drift_alarms
    WHERE {narrowed}
    GROUP BY agent)
GROUP BY agent
HAVING steps + decisions > 0
ORDER BY steps DESC, agent
LIMIT 500
