-- Which runs do not keep to an order of tools that runs of their kind which end well keep to (mined_rules:
-- those that hold, or were promoted)? Only when nothing came of a run for quiet_s: what is wanting may be on
-- its way. So the lanes of a window are those that received something in it or quiet_s before it.
-- Touched by steps.
WITH
    touched AS (
        SELECT tenant, trace_id, min(ts) AS touched_ts FROM steps
        WHERE (SELECT count() FROM mined_rules) > 0
            AND (received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} - toIntervalSecond({quiet_s:Int64})
                OR received >= {since:DateTime64(9, 'UTC')} + toIntervalSecond({quiet_s:Int64}) AND received < {until:DateTime64(9, 'UTC')})
        GROUP BY tenant, trace_id),
    runs AS (
        SELECT tenant, trace_id, max(received) AS heard, max(case_id) AS run_case, min(ts) AS began, max(ts) AS ended,
            argMin(span_id, (ts, span_id)) AS opening, argMax(span_id, (ts, span_id)) AS closing,
            arraySort(groupArrayIf((ts, toString(tool), span_id, toString(agent)), operation = 'execute_tool' AND tool != '' AND status != 'Error')) AS calls
        FROM steps FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND received < {until:DateTime64(9, 'UTC')}
            AND ts >= (SELECT min(touched_ts) FROM touched) - toIntervalDay(1)
        GROUP BY tenant, trace_id
        HAVING heard <= {until:DateTime64(9, 'UTC')} - toIntervalSecond({quiet_s:Int64}) AND notEmpty(calls)),
    meant AS (
        SELECT tenant, trace_id, min(toString(kind)) AS kind_of_intent FROM intents FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND kind != '' GROUP BY tenant, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, rule_id AS anchor, [agent_name] AS agents, run_case AS case_id,
    began AS first_ts, ended AS last_ts, if(state = 'promoted', 'mapped', 'inferred') AS origin,
    arrayDistinct(arrayConcat([(trace_id, shown.3, 'violation')], multiIf(kind = 'not_coexistence', [(trace_id, also.3, 'violation')],
        missing_at = shown.3, [], [(trace_id, missing_at, 'expected_but_missing')]))) AS evidence,
    if(shown.4 = '', 'an agent', shown.4) AS agent_name, rule_id, scope, state, toInt64(support) AS good_runs, confidence AS kept,
    multiIf(kind = 'precedence', concat('called ', second_tool, ' with no ', first_tool, ' before it'),
        kind = 'response', concat('called ', first_tool, ' with no ', second_tool, ' after it'),
        concat('called both ', first_tool, ' and ', second_tool)) AS what
FROM (
    SELECT *, arrayFirst(c -> c.2 = second_tool, calls) AS first_of_second, arrayLast(c -> c.2 = first_tool, calls) AS last_of_first,
        if(kind = 'precedence', first_of_second, last_of_first) AS shown,
        arrayFirst(c -> multiIf(kind = 'precedence', c.2 = first_tool AND c.1 < shown.1,
            kind = 'response', c.2 = second_tool AND c.1 > shown.1, c.2 = second_tool), calls) AS also,
        if(kind = 'precedence', opening, closing) AS missing_at
    FROM (SELECT *, if(kind_of_intent != '', concat('intent ', kind_of_intent), concat('agent ', calls[1].4)) AS scope
        FROM runs LEFT JOIN meant USING (tenant, trace_id)) AS run
    INNER JOIN ($mined_rules_now HAVING state = 'promoted' OR (state = 'info' AND holds)) AS ordered USING (tenant, scope))
WHERE shown.3 != '' AND (also.3 = '') = (kind != 'not_coexistence')
