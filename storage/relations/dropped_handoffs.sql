-- Which hand-offs were not taken up within sla_s, or taken up without regard to what came with them? Taken up: a
-- step of that agent in the same work item, case or trace, or a link to the trace from another one. Humans are not
-- looked after. earlier: hand-offs to the same agent a day before; taken_share of these, 0 to 1, is low where a
-- consumer is sampled or sends no spans. A message that was sent is handed over to whoever takes what its sender
-- sends; clocks of both may differ by 5 s. gainsaid: the taker wrote another number into a field that the giver had
-- written in the same trace before, without having read it since.
-- Touched by handoffs, messages.
WITH
    ripe AS (
        SELECT tenant, to_agent, trace_id, span_id, ts, toString(from_agent) AS giver, lower(replaceRegexpAll(to_agent, '[^a-zA-Z0-9]+', '_')) AS who FROM handoffs
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {ripe_until:DateTime64(9, 'UTC')} AND NOT startsWith(lower(to_agent), 'human')),
    ripe_messages AS (
        SELECT tenant, ts FROM messages
        WHERE operation = 'send' AND received >= {since:DateTime64(9, 'UTC')} AND received < {ripe_until:DateTime64(9, 'UTC')}),
    sent AS (
        SELECT tenant, ts, received, trace_id, span_id, message_id FROM messages FINAL
        WHERE operation = 'send' AND (SELECT count() FROM ripe_messages) > 0 AND ts >= (SELECT min(ts) FROM ripe_messages) - toIntervalDay(1)
            AND received < {ripe_until:DateTime64(9, 'UTC')}),
    given AS (
        SELECT tenant, ts, received, trace_id, span_id, case_id, toString(origin) AS said_by, toString(from_agent) AS giver, toString(to_agent) AS taker,
            if(work_item_id != '', work_item_id, case_id) AS item, lower(replaceRegexpAll(to_agent, '[^a-zA-Z0-9]+', '_')) AS who,
            arrayJoin([concat('work:', work_item_id, '|', who), concat('case:', case_id, '|', who), concat('trace:', trace_id, '|', who), concat('link:', trace_id)]) AS key
        FROM handoffs FINAL
        WHERE (tenant, to_agent) IN (SELECT tenant, to_agent FROM ripe) AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1)
            AND received < {ripe_until:DateTime64(9, 'UTC')}
        UNION ALL
        SELECT tenant, ts, received, trace_id, span_id, '', 'explicit', sender, 'the takers of its messages', concat('message ', message_id),
            concat('messages of ', sender), concat('message:', message_id)
        FROM sent
        LEFT ANY JOIN (
            SELECT tenant, trace_id, toString(any(agent)) AS sender FROM steps
            WHERE (SELECT count() FROM sent) > 0 AND agent != '' AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM sent)
                AND ts >= (SELECT min(ts) FROM sent) - toIntervalDay(1)
            GROUP BY tenant, trace_id) AS senders USING (tenant, trace_id)),
    taken AS (
        SELECT tenant, arrayJoin([least_ts, last_ts]) AS ts,
            arrayJoin(arrayFilter(one -> NOT startsWith(one, 'work:|') AND NOT startsWith(one, 'case:|'),
                [concat('work:', work_item_id, '|', who), concat('case:', case_id, '|', who), concat('trace:', trace_id, '|', who)])) AS key
        FROM (
            SELECT tenant, work_item_id, case_id, trace_id, lower(replaceRegexpAll(agent, '[^a-zA-Z0-9]+', '_')) AS who,
                min(steps.ts) AS least_ts, max(steps.ts) AS last_ts
            FROM steps
            WHERE (SELECT count() FROM ripe) > 0 AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1) AND received < {until:DateTime64(9, 'UTC')}
                AND who IN (SELECT who FROM ripe)
            GROUP BY tenant, work_item_id, case_id, trace_id, who, toStartOfHour(steps.ts, 'UTC'))
        UNION ALL
        SELECT tenant, ts, concat('link:', cause_trace_id) FROM links
        WHERE cause_trace_id != effect_trace_id AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1)
            AND received >= {since:DateTime64(9, 'UTC')} - toIntervalDay(1) AND received < {until:DateTime64(9, 'UTC')}
        UNION ALL
        SELECT tenant, ts + toIntervalSecond(5), concat('message:', message_id) FROM messages
        WHERE operation != 'send' AND (tenant, message_id) IN (SELECT tenant, message_id FROM sent) AND received < {until:DateTime64(9, 'UTC')}),
    values_given AS (
        SELECT tenant, trace_id, toString(agent) AS giver, entity, field, arraySort(groupArray((ts, toFloat64(value_num), version))) AS values_of
        FROM data_access FINAL
        WHERE (SELECT count() FROM ripe) > 0 AND access = 'write' AND value_num IS NOT NULL AND status != 'Error'
            AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM ripe) AND ts >= (SELECT min(ts) FROM ripe) - toIntervalDay(1)
            AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, trace_id, giver, entity, field),
    takings AS (
        SELECT tenant, entity, field, trace_id AS run, lower(replaceRegexpAll(agent, '[^a-zA-Z0-9]+', '_')) AS who,
            arraySort(groupArray((ts, access = 'write', toFloat64(ifNull(value_num, nan)), version_prev, span_id))) AS every
        FROM data_access FINAL
        WHERE (tenant, entity, field) IN (SELECT tenant, entity, field FROM values_given) AND status != 'Error'
            AND received < {until:DateTime64(9, 'UTC')} AND who IN (SELECT who FROM ripe)
        GROUP BY tenant, entity, field, run, who),
    gainsayings AS (
        SELECT tenant, trace_id, span_id, who, argMin((concat(entity, if(field = '', '', '.'), field), told.2, wrote.3, run, wrote.5), wrote.1) AS what
        FROM (
            SELECT tenant, trace_id, span_id, who, run, entity, field, every, arrayLast(v -> v.1 <= ts, values_of) AS told,
                arrayFirst(w -> w.2 AND w.1 > ts AND w.1 <= ts + toIntervalSecond({sla_s:Int64}), every) AS wrote
            FROM ripe
            INNER JOIN values_given USING (tenant, trace_id, giver)
            INNER JOIN takings USING (tenant, entity, field, who))
        WHERE toUnixTimestamp64Nano(told.1) > 0 AND abs(wrote.3 - told.2) > 0.01 * abs(told.2) AND (told.3 = '' OR wrote.4 != told.3)
            AND NOT arrayExists(r -> NOT r.2 AND r.1 >= told.1 AND r.1 <= wrote.1, every)
        GROUP BY tenant, trace_id, span_id, who)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(span_id, taker) AS anchor, if(startsWith(who, 'messages of '), [giver_name], [giver_name, taker]) AS agents, case_id, ts AS first_ts, ts AS last_ts,
    said_by AS origin, if(gainsaid, [(trace_id, span_id, 'cause'), (what.4, what.5, 'violation')], [(trace_id, span_id, 'expected_but_missing')]) AS evidence,
    if(giver = '', 'an agent', giver) AS giver_name, taker, if(item = '', 'its work', item) AS work, was_taken, toInt64(earlier_ones) AS earlier,
    ifNotFinite(earlier_taken / earlier_ones, 0) AS taken_share, what.1 != '' AS gainsaid,
    if(gainsaid, concat('wrote ', toString(what.3), ' into ', what.1, ' without reading the ', toString(what.2), ' that came with it'),
        concat('did not take it up in time, though it had taken up ', toString(round(100 * taken_share)), ' % of the ', toString(earlier), ' before')) AS ending
FROM (
    SELECT *, count() OVER before AS earlier_ones, sum(was_taken) OVER before AS earlier_taken
    FROM (
        SELECT tenant, ts, received, trace_id, span_id, case_id, said_by, giver, taker, who, item, toUnixTimestamp(ts) AS second,
            max(found.ts >= given.ts AND found.ts <= given.ts + toIntervalSecond({sla_s:Int64})) AS was_taken
        FROM given ASOF LEFT JOIN taken AS found ON found.tenant = given.tenant AND found.key = given.key AND found.ts >= given.ts
        GROUP BY tenant, ts, received, trace_id, span_id, case_id, said_by, giver, taker, who, item)
    WINDOW before AS (PARTITION BY tenant, who ORDER BY second RANGE BETWEEN 86400 PRECEDING AND 1 PRECEDING)) AS passed
LEFT ANY JOIN gainsayings USING (tenant, trace_id, span_id, who)
WHERE received >= {since:DateTime64(9, 'UTC')}
