-- Which effects of two agents on one case (else one thing) within a week do harm together, though each is in its
-- own limits: one moves what the other's intent wants to go the other way, or both together move more than any
-- intent there allows? Runs that link to each other and agents that hand work over act as one; so do those that
-- both read what the other wrote. blind: the later one had read nothing that the first run wrote.
-- Touched by effects.
WITH
    touched AS (
        SELECT tenant, case_id, if(case_id = '', entity, '') AS thing, ts FROM effects
        WHERE (case_id != '' OR entity != '' AND NOT mapContains((SELECT argMax(hubs, generation) FROM tool_settings), splitByChar(':', entity)[1]))
            AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}),
    lanes AS (
        SELECT tenant, case_id, if(case_id = '', entity, '') AS thing, groupUniqArray(closes) AS closed,
            arraySort(groupArray((ts, trace_id, span_id, toString(agent), entity, toString(kind), toString(metric), toFloat64(ifNull(delta, 0)), toString(unit),
                aims, opens, toString(origin)))) AS every
        FROM effects FINAL
        LEFT JOIN (
            SELECT tenant, trace_id, groupArray((toString(metric), direction, toFloat64(ifNull(amount_limit, 0)))) AS aims FROM intents FINAL
            WHERE ts >= (SELECT min(ts) FROM touched) - toIntervalDay(30) AND received < {until:DateTime64(9, 'UTC')}
            GROUP BY tenant, trace_id) AS meant USING (tenant, trace_id)
        WHERE (tenant, case_id, if(case_id = '', entity, '')) IN (SELECT tenant, case_id, thing FROM touched)
            AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(30) AND status != 'Error' AND agent != '' AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, case_id, thing
        HAVING uniqExact(agent) > 1 AND (case_id != '' OR uniqExact(trace_id) <= {runs_max:Int64})),
    pairs AS (
        SELECT tenant, case_id, thing, a, b, against, total, budget, opened FROM (
            SELECT tenant, case_id, thing, b, arrayFilter(one -> one != '' AND NOT has(closed, one), arrayMap(e -> e.11, every)) AS opened,
                arrayFilter(e -> e.4 != b.4 AND e.2 != b.2 AND e.1 < b.1 AND e.1 >= b.1 - toIntervalDay(7), every) AS others,
                arrayFilter(e -> e.5 = b.5 AND e.5 != '' AND e.7 = b.7 AND e.9 = b.9 AND e.1 <= b.1 AND e.1 >= b.1 - toIntervalDay(7), every) AS same,
                arrayFirst(e -> arrayExists(aim -> aim.1 = b.7 AND aim.2 * b.8 < 0, e.10), others) AS aiming,
                aiming.4 != '' AS against, arraySum(e -> e.8, same) AS total,
                arrayMax(arrayPushBack(arrayFlatten(arrayMap(e -> arrayMap(aim -> if(aim.1 = b.7, aim.3, 0.), e.10), same)), 0.)) AS budget,
                arrayExists(who -> abs(arraySum(e -> if(e.4 = who, e.8, 0.), same)) > budget, arrayMap(e -> e.4, same)) AS one_too_much,
                if(against, aiming, arrayFirst(e -> e.4 != b.4 AND e.2 != b.2 AND e.8 * b.8 > 0, same)) AS a
            FROM (SELECT *, arrayJoin(arrayFilter(e -> abs(e.8) >= {loss_min:Float64} AND NOT startsWith(e.6, 'revers'), every)) AS b FROM lanes))
        WHERE a.4 != '' AND (against OR budget > 0 AND abs(total) > budget AND NOT one_too_much)),
    accesses AS (
        SELECT tenant, trace_id AS run, groupArray((ts, access = 'write', entity, field, trace_id, span_id)) AS done FROM data_access FINAL
        WHERE (tenant, trace_id) IN (
                SELECT tenant, trace_id FROM effects
                WHERE (tenant, case_id, if(case_id = '', entity, '')) IN (SELECT tenant, case_id, thing FROM touched)
                    AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(30))
            AND status != 'Error' AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, trace_id)
SELECT tenant, if(case_id = '', concat('entity:', thing), concat('case:', case_id)) AS lane, 'compound' AS anchor, [first_agent, second_agent] AS agents, case_id,
    pair.1.1 AS first_ts, pair.2.1 AS last_ts, if('inferred' IN (pair.1.12, pair.2.12), 'inferred', pair.1.12) AS origin,
    arrayDistinct(arrayConcat([(pair.1.2, pair.1.3, 'cause'), (pair.2.2, pair.2.3, 'violation')],
        if(pair.6.6 IN ('', pair.1.3, pair.2.3), [], [(pair.6.5, pair.6.6, 'expected_but_missing')]))) AS evidence,
    pair.1.4 AS first_agent, pair.2.4 AS second_agent, if(case_id = '', thing, case_id) AS subject, pair.1.6 AS first_kind, pair.2.6 AS second_kind,
    pair.4 AS blind, if(blind, 'COMPOUND-BLIND', 'COMPOUND-INFORMED') AS label, if(blind, 'without reading', 'in spite of') AS how,
    if(pair.3, abs(pair.2.8), abs(pair.7)) AS loss, pair.2.9 AS unit, notEmpty(pair.5) AS left_open,
    concat(if(pair.3, concat('its ', second_kind, ' moved ', pair.2.7, ' by ', toString(pair.2.8), ' ', unit, ' against the aim of ', first_agent),
        concat('together they moved ', pair.2.7, ' by ', toString(pair.7), ' ', unit, ' where ', toString(pair.8), ' was the most that was meant')),
        if(left_open, concat(', and ', pair.5[1], ' is still open'), '')) AS what
FROM (
    SELECT tenant, case_id, thing, argMin((a, b, against, NOT knew, opened, missed, total, budget), (knew, b, a)) AS pair
    FROM (
        SELECT tenant, case_id, thing, a, b, against, opened, total, budget, groupArrayArrayIf(done, run = a.2) AS by_a, groupArrayArrayIf(done, run = b.2) AS by_b,
            arrayExists(r -> NOT r.2 AND r.1 <= b.1 AND arrayExists(w -> w.2 AND w.3 = r.3 AND w.4 = r.4 AND w.1 <= r.1, by_a), by_b) AS knew,
            arrayExists(r -> NOT r.2 AND arrayExists(w -> w.2 AND w.3 = r.3 AND w.4 = r.4 AND w.1 <= r.1, by_b), by_a) AS first_knew,
            arrayFirst(w -> w.2 AND w.1 <= b.1, by_a) AS missed
        FROM (SELECT *, arrayJoin([a.2, b.2]) AS run FROM pairs) AS each LEFT ANY JOIN accesses USING (tenant, run)
        GROUP BY tenant, case_id, thing, a, b, against, opened, total, budget)
    WHERE NOT (knew AND first_knew)
        AND (tenant, a.2, b.2) NOT IN (
            SELECT tenant, cause_trace_id, effect_trace_id FROM links
            WHERE received < {until:DateTime64(9, 'UTC')} AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(30))
        AND (tenant, case_id, a.4, b.4) NOT IN (
            SELECT tenant, case_id, toString(from_agent), toString(to_agent) FROM handoffs
            WHERE received < {until:DateTime64(9, 'UTC')} AND (tenant, case_id) IN (SELECT tenant, case_id FROM touched))
    GROUP BY tenant, case_id, thing)
