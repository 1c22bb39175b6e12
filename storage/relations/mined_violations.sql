-- Which runs do not keep to an order of tools that runs of their kind which end well keep to (mined_rules:
-- those that hold, or were promoted)? Only when nothing came of a run for as long as the rule waits: what is
-- wanting may be on its way. Only the first and last call of a tool count; rules are tried on hashes and
-- times, for every run meets every rule of its scope.
-- Touched by steps.
-- Needs habits.
WITH $touched_steps,
    runs AS (
        SELECT tenant, trace_id, max(received) AS heard, max(case_id) AS run_case, min(ts) AS began, max(ts) AS ended,
            argMin(span_id, (ts, span_id)) AS opening, argMax(span_id, (ts, span_id)) AS closing,
            arraySort(groupArrayIf((ts, toString(tool), span_id, toString(agent)), operation = 'execute_tool' AND tool != '' AND status != 'Error')) AS calls
        FROM walked WHERE (SELECT count() FROM mined_rules) > 0
        GROUP BY tenant, trace_id
        HAVING heard < {ripe_until:DateTime64(9, 'UTC')} AND notEmpty(calls)),
    meant AS (
        SELECT tenant, trace_id, min(toString(kind)) AS kind_of_intent FROM intents FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND kind != '' GROUP BY tenant, trace_id),
    habits AS (
        SELECT tenant, scope, groupArray((rule_id, kind, first_tool, second_tool, cityHash64(first_tool), cityHash64(second_tool),
            state, toInt64(support), confidence)) AS ordered
        FROM ($mined_rules_now HAVING state = 'promoted' OR (state = 'info' AND holds)) GROUP BY tenant, scope)
SELECT tenant, concat('trace:', trace_id) AS lane, rule.1 AS anchor, [agent_name] AS agents, run_case AS case_id,
    began AS first_ts, ended AS last_ts, if(state = 'promoted', 'mapped', 'inferred') AS origin,
    arrayFirst(c -> c.2 = rule.4, calls) AS first_of_second, arrayLast(c -> c.2 = rule.3, calls) AS last_of_first,
    if(rule.2 = 'precedence', first_of_second, last_of_first) AS shown, if(rule.2 = 'precedence', opening, closing) AS missing_at,
    arrayDistinct([(trace_id, shown.3, 'violation'), multiIf(rule.2 = 'not_coexistence', (trace_id, first_of_second.3, 'violation'),
        missing_at = shown.3, (trace_id, shown.3, 'violation'), (trace_id, missing_at, 'expected_but_missing'))]) AS evidence,
    if(shown.4 = '', 'an agent', shown.4) AS agent_name, rule.1 AS rule_id, scope, rule.7 AS state, rule.8 AS good_runs, rule.9 AS kept,
    multiIf(rule.2 = 'precedence', concat('called ', rule.4, ' with no ', rule.3, ' before it'),
        rule.2 = 'response', concat('called ', rule.3, ' with no ', rule.4, ' after it'),
        concat('called both ', rule.3, ' and ', rule.4)) AS what
FROM (
    SELECT *, arrayMap(c -> cityHash64(c.2), calls) AS tools, calls.1 AS times, arrayReverse(tools) AS tools_back, arrayReverse(times) AS times_back,
        arrayJoin(arrayFilter(r -> multiIf(
            r.2 = 'precedence', has(tools, r.6) AND (NOT has(tools, r.5) OR times[indexOf(tools, r.5)] >= times[indexOf(tools, r.6)]),
            r.2 = 'response', has(tools, r.5) AND (NOT has(tools, r.6) OR times_back[indexOf(tools_back, r.6)] <= times_back[indexOf(tools_back, r.5)]),
            has(tools, r.5) AND has(tools, r.6)), ordered)) AS rule
    FROM (SELECT *, if(kind_of_intent != '', concat('intent ', kind_of_intent), concat('agent ', calls[1].4)) AS scope
        FROM runs LEFT JOIN meant USING (tenant, trace_id)) AS run
    INNER JOIN habits USING (tenant, scope))
