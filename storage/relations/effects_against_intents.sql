-- Which effects do not fit what their run is for: another thing than the intent names, a kind of effect that
-- its kind does not allow, against its direction, or more than its limit? The strongest of these counts. What fits another intent of
-- the same trace (that it was delegated by) does, and so does what the run takes back of its own.
-- Touched by effects, intents.
WITH
    reached AS (
        SELECT tenant, trace_id, ts FROM effects WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION ALL
        SELECT tenant, trace_id, ts FROM intents WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    touched AS (
        SELECT tenant, intent_id, ts FROM effects
        WHERE intent_id != '' AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM reached) AND ts >= (SELECT min(ts) FROM reached) - toIntervalDay(1)
        UNION ALL
        SELECT tenant, intent_id, ts FROM intents
        WHERE intent_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    done AS (
        SELECT tenant, trace_id, intent_id, arraySort(groupArray((ts, span_id, toString(agent), case_id, entity, toString(kind),
            toString(metric), toFloat64(ifNull(delta, 0)), toString(unit), toString(origin)))) AS effects_of
        FROM effects FINAL
        WHERE (tenant, intent_id) IN (SELECT tenant, intent_id FROM touched) AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(7)
            AND status != 'Error' AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id, intent_id),
    meant AS (
        SELECT tenant, intent_id, min((ts, trace_id, span_id, toString(kind))) AS said, arrayDistinct(arrayFlatten(groupArray(target))) AS targets,
            max(toString(metric)) AS aim, if(min(direction) = max(direction), min(direction), 0) AS way, max(toFloat64(amount_limit)) AS most
        FROM intents FINAL
        WHERE (tenant, intent_id) IN (SELECT tenant, intent_id FROM touched) AND received < {until:DateTime64(9)}
        GROUP BY tenant, intent_id),
    beside AS (
        SELECT tenant, trace_id, groupArray((intent_id, target)) AS also FROM intents FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM done) AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(7)
        GROUP BY tenant, trace_id),
    allowing AS (
        SELECT subject AS intent_kind, anyIf(allowed, kind = 'intent_effects') AS kinds, countIf(kind = 'intent_effects') > 0 AS says_kinds,
            arrayFlatten(groupArrayIf(allowed, kind = 'intent_related')) AS related
        FROM policy_permissions WHERE generation = (SELECT max(generation) FROM policy_permissions) GROUP BY subject)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(e.2, e.6, e.5, e.7) AS anchor, [e.3] AS agents, e.4 AS case_id, said.1 AS first_ts, e.1 AS last_ts,
    arrayDistinct([(said.2, said.3, if((said.2, said.3) = (trace_id, e.2), 'violation', 'cause')), (trace_id, e.2, 'violation')]) AS evidence, e.10 AS origin,
    if(e.3 = '', 'an agent', e.3) AS agent_name, if(said.4 = '', 'its task', said.4) AS intent_kind_name, if(e.5 = '', 'no named thing', e.5) AS subject,
    e.6 AS effect_kind,
    multiIf(elsewhere, concat('it was meant for ', arrayStringConcat(arraySlice(targets, 1, 3), ', ')),
        not_allowed, concat('only ', arrayStringConcat(arraySlice(kinds, 1, 5), ', '), ' are allowed'),
        backwards, concat(aim, ' was to go ', if(way > 0, 'up', 'down'), ' and it moved by ', toString(e.8)),
        concat('at most ', toString(most), ' was meant and it moved ', toString(abs(e.8)), ' ', e.9)) AS what
FROM (
    SELECT *, e.5 != '' AND notEmpty(targets) AND NOT has(targets, e.5) AND NOT has(related, e.5) AND NOT has(related, splitByChar(':', e.5)[1])
            AND NOT arrayExists(one -> has(one.2, e.5), also) AS elsewhere,
        says_kinds AND NOT has(kinds, e.6) AS not_allowed,
        arrayExists(one -> one.1 < e.1 AND one.5 = e.5 AND one.7 = e.7 AND one.9 = e.9 AND one.8 = -e.8, effects_of) AS takes_back,
        way * e.8 < 0 AND e.7 = aim AND NOT takes_back AS backwards,
        ifNull(abs(e.8) > most, false) AND (aim = '' OR e.7 = aim) AS too_much
    FROM (SELECT *, arrayJoin(effects_of) AS e FROM done) AS each
    INNER JOIN meant USING (tenant, intent_id)
    LEFT JOIN beside USING (tenant, trace_id)
    LEFT JOIN allowing ON allowing.intent_kind = said.4)
WHERE elsewhere OR not_allowed OR backwards OR too_much
