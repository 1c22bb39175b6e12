-- Which decisions had effects though their confidence is low, before or without an approval? asked: the
-- threshold that the decision says, or what a policy asks for where that is more; share and asked 0 to 1,
-- what is over 1 is percent. An approval is of the decision, or of its tool or action in its case.
-- Touched by decisions, effects.
WITH
    touched AS (
        SELECT tenant, trace_id, case_id, ts FROM decisions
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION ALL
        SELECT tenant, trace_id, case_id, ts FROM effects
        WHERE decision_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    approvals AS (
        SELECT tenant, arrayJoin(arrayFilter(key -> key.2 != '' AND key.3 != '', [('decision', decision_id, ' '), ('approval', approval_id, if(case_id = '', trace_id, case_id)),
                ('case', if(decision_id = '', case_id, ''), toString(tool)), ('case', if(decision_id = '' OR action LIKE 'approv%', case_id, ''),
                    replaceRegexpOne(lower(action), '^approve[ _:.]', ''))])) AS key, min(ts) AS approved_ts
        FROM decisions FINAL
        WHERE $was_approved AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(7) AND received < {until:DateTime64(9)}
        GROUP BY tenant, key),
    decided AS (
        SELECT tenant, decision_id, trace_id, any(shown) AS said, any(last_ts) AS decided_ts, any(least_sure) AS sure, any(threshold_said) AS own,
            any(reported) AS second_hand, min(if(approved_ts = 0, toDateTime64('2200-01-01 00:00:00', 9), approved_ts)) AS approved_from
        FROM (
            SELECT tenant, decision_id, trace_id, argMin((span_id, toString(agent), toString(action), case_id, toString(confidence_method)), ts) AS shown,
                max(ts) AS last_ts, min(if(confidence > 1, confidence / 100, confidence)) AS least_sure,
                max(if(threshold > 1, threshold / 100, threshold)) AS threshold_said, max(origin != 'explicit') AS reported,
                arrayJoin([('decision', decision_id, ' '), ('approval', max(approval_id), if(shown.4 = '', trace_id, shown.4)), ('case', shown.4, max(toString(tool))),
                    ('case', shown.4, lower(shown.3)), ('case', shown.4, 'approve')]) AS key
            FROM decisions FINAL
            WHERE decision_id != '' AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND received < {until:DateTime64(9)}
                AND ((tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
                    OR (tenant, case_id) IN (SELECT tenant, case_id FROM touched WHERE case_id != ''))
            GROUP BY tenant, decision_id, trace_id
            HAVING isNotNull(least_sure)) AS one
        LEFT JOIN approvals USING (tenant, key)
        GROUP BY tenant, decision_id, trace_id),
    done AS ( -- not FINAL, which would merge all of a day: the newest of each by its key
        SELECT tenant, decision_id, trace_id, groupArray((ts, span_id, kind)) AS effects_of, groupUniqArray(case_id) AS their_cases
        FROM (
            SELECT tenant, decision_id, trace_id, case_id, ts, span_id, toString(kind) AS kind, status FROM effects
            WHERE ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND received < {until:DateTime64(9)}
                AND ((tenant, trace_id) IN (SELECT tenant, trace_id FROM touched)
                    OR (tenant, case_id) IN (SELECT tenant, case_id FROM touched WHERE case_id != ''))
            ORDER BY revision DESC LIMIT 1 BY tenant, case_id, ts, trace_id, span_id, effects.kind, metric, entity)
        WHERE decision_id != '' AND status != 'Error'
        GROUP BY tenant, decision_id, trace_id),
    demands AS (
        SELECT groupArray((ifNull(min_confidence, 0.), concat('policy ', policy_id, ' version ', version), effective_from, effective_until, actions, agents, effect_kinds)) AS all_of
        FROM $policies_now WHERE min_confidence IS NOT NULL)
SELECT tenant, if(said.4 != '' AND their_cases = [said.4], concat('case:', said.4), concat('trace:', trace_id)) AS lane,
    if(startsWith(lane, 'case:'), concat(trace_id, decision_id), decision_id) AS anchor, [said.2] AS agents, said.4 AS case_id,
    least(decided_ts, bare[1].1) AS first_ts, greatest(decided_ts, bare[-1].1) AS last_ts,
    if(second_hand, 'mapped', 'explicit') AS origin,
    arrayDistinct(arrayConcat([(trace_id, said.1, 'violation')], arrayMap(e -> (trace_id, e.2, 'effect'), arrayFilter(e -> e.2 != said.1, bare)))) AS evidence,
    if(said.2 = '', 'an agent', said.2) AS agent_name, if(said.3 = '', 'an action', said.3) AS action_name,
    if(said.5 = '', 'stated', said.5) AS method, length(arrayDistinct(arrayMap(e -> e.2, bare))) AS effects, empty(bare) AS approved, assumeNotNull(sure) AS share,
    greatest(ifNull(own, 0.), strictest.1) AS asked, if(strictest.1 > ifNull(own, 0.), strictest.2, 'its own threshold') AS asked_by
FROM (
    SELECT *, arraySort(arrayFilter(e -> e.1 < approved_from, effects_of)) AS bare,
        arraySort(arrayFilter(p -> decided_ts >= p.3 AND decided_ts < p.4 AND (empty(p.5) OR has(p.5, said.3)) AND (empty(p.6) OR has(p.6, said.2))
            AND (empty(p.7) OR arrayExists(e -> has(p.7, e.3), effects_of)), (SELECT all_of FROM demands)))[-1] AS strictest
    FROM decided INNER JOIN done USING (tenant, decision_id, trace_id))
WHERE isNotNull(own) OR strictest.2 != ''
