-- Which hand-offs were not taken up within sla_s? Taken up: a step of that agent in the same work item, case or
-- trace, or a link to the trace from another one. Humans are not looked after. earlier: hand-offs to the same
-- agent a day before; taken_share of these, 0 to 1, is low where a consumer is sampled or sends no spans.
-- Touched by handoffs.
WITH
    ripe AS (
        SELECT tenant, to_agent, ts FROM handoffs
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {ripe_until:DateTime64(9, 'UTC')} AND NOT startsWith(lower(to_agent), 'human')),
    given AS (
        SELECT tenant, ts, received, trace_id, span_id, case_id, toString(origin) AS said_by, toString(from_agent) AS giver, toString(to_agent) AS taker,
            if(work_item_id != '', work_item_id, case_id) AS item, lower(replaceRegexpAll(to_agent, '[^a-zA-Z0-9]+', '_')) AS who,
            arrayJoin([concat('work:', work_item_id, '|', who), concat('case:', case_id, '|', who), concat('trace:', trace_id, '|', who), concat('link:', trace_id)]) AS key
        FROM handoffs FINAL
        WHERE (tenant, to_agent) IN (SELECT tenant, to_agent FROM ripe) AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1)
            AND received < {ripe_until:DateTime64(9, 'UTC')}),
    taken AS (
        SELECT tenant, arrayJoin([least_ts, last_ts]) AS ts,
            arrayJoin(arrayFilter(one -> NOT startsWith(one, 'work:|') AND NOT startsWith(one, 'case:|'),
                [concat('work:', work_item_id, '|', who), concat('case:', case_id, '|', who), concat('trace:', trace_id, '|', who)])) AS key
        FROM (
            SELECT tenant, work_item_id, case_id, trace_id, lower(replaceRegexpAll(agent, '[^a-zA-Z0-9]+', '_')) AS who,
                min(steps.ts) AS least_ts, max(steps.ts) AS last_ts
            FROM steps
            WHERE ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1) AND received < {until:DateTime64(9, 'UTC')}
                AND who IN (SELECT lower(replaceRegexpAll(to_agent, '[^a-zA-Z0-9]+', '_')) FROM ripe)
            GROUP BY tenant, work_item_id, case_id, trace_id, who, toStartOfHour(steps.ts, 'UTC'))
        UNION ALL
        SELECT tenant, ts, concat('link:', cause_trace_id) FROM links
        WHERE cause_trace_id != effect_trace_id AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1)
            AND received >= {since:DateTime64(9, 'UTC')} - toIntervalDay(1) AND received < {until:DateTime64(9, 'UTC')})
SELECT tenant, concat('trace:', trace_id) AS lane, concat(span_id, taker) AS anchor, [giver_name, taker] AS agents, case_id, ts AS first_ts, ts AS last_ts,
    said_by AS origin, [(trace_id, span_id, 'expected_but_missing')] AS evidence, if(giver = '', 'an agent', giver) AS giver_name, taker,
    if(item = '', 'its work', item) AS work, was_taken, toInt64(earlier_ones) AS earlier, ifNotFinite(earlier_taken / earlier_ones, 0) AS taken_share
FROM (
    SELECT *, count() OVER before AS earlier_ones, sum(was_taken) OVER before AS earlier_taken
    FROM (
        SELECT tenant, ts, received, trace_id, span_id, case_id, said_by, giver, taker, who, item, toUnixTimestamp(ts) AS second,
            max(found.ts >= given.ts AND found.ts <= given.ts + toIntervalSecond({sla_s:Int64})) AS was_taken
        FROM given ASOF LEFT JOIN taken AS found ON found.tenant = given.tenant AND found.key = given.key AND found.ts >= given.ts
        GROUP BY tenant, ts, received, trace_id, span_id, case_id, said_by, giver, taker, who, item)
    WINDOW before AS (PARTITION BY tenant, who ORDER BY second RANGE BETWEEN 86400 PRECEDING AND 1 PRECEDING))
WHERE received >= {since:DateTime64(9, 'UTC')}
