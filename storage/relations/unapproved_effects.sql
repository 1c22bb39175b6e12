-- Which effects that a policy wants approved were not approved before, were approved by who did them, or
-- before another run last changed what they are about? An approval may be heard of late by as long as the
-- rule waits. amount in unit.
-- Needs policies.
-- Touched by effects, decisions.
WITH
    touched AS (
        SELECT tenant, if(case_id != '', concat('case:', case_id), concat('trace:', trace_id)) AS lane FROM effects
        WHERE $received_now AND (SELECT count() FROM policy_rules WHERE approval_above IS NOT NULL) > 0
        UNION ALL
        SELECT tenant, if(case_id != '', concat('case:', case_id), concat('trace:', trace_id)) FROM decisions
        WHERE $received_now AND (SELECT count() FROM policy_rules WHERE approval_above IS NOT NULL) > 0),
    wanting AS (
        SELECT tenant, lane, trace_id, span_id, kind, entity, ts, agent, case_id, unit, amount, done.origin AS origin, policy_id, version,
            $approval_keys AS ways
        FROM (
            SELECT *, if(case_id != '', concat('case:', case_id), concat('trace:', trace_id)) AS lane, abs(toFloat64(ifNull(delta, 0))) AS amount
            FROM effects FINAL WHERE (tenant, lane) IN touched AND status != 'Error' AND received < {ripe_until:DateTime64(9, 'UTC')}) AS done
        CROSS JOIN $policies_now AS policy
        WHERE ts >= effective_from AND ts < effective_until AND approval_above IS NOT NULL
            AND (amount > approval_above OR approval_above = 0) AND (currency = '' OR currency = unit)
            AND (empty(policy.agents) OR has(policy.agents, agent)) AND (empty(effect_kinds) OR has(effect_kinds, kind))),
    approved AS (
        SELECT tenant, trace_id, span_id, groupArray((approved_ts, by_whom, by_trace, by_span)) AS approvals
        FROM (SELECT DISTINCT tenant, trace_id, span_id, ts, arrayJoin(ways) AS key FROM wanting) AS one
        INNER JOIN (
            SELECT tenant, arrayJoin($approval_keys) AS key, ts AS approved_ts, trace_id AS by_trace, span_id AS by_span,
                if(startsWith(lower(action), 'approve') AND approval_source = '', toString(agent), '') AS by_whom
            FROM decisions FINAL WHERE $was_approved AND received < {until:DateTime64(9)}
                AND ts >= (SELECT min(ts) FROM wanting) - toIntervalDay(30)) AS said USING (tenant, key)
        WHERE approved_ts <= ts GROUP BY tenant, trace_id, span_id),
    changed AS (
        SELECT tenant, entity, groupArray((ts, trace_id, span_id)) AS changes FROM data_access FINAL
        WHERE (tenant, entity) IN (SELECT tenant, entity FROM wanting WHERE entity != '') AND access = 'write' AND status != 'Error'
            AND received < {until:DateTime64(9)} GROUP BY tenant, entity)
SELECT tenant, lane, concat(span_id, kind, policy_id) AS anchor, [toString(agent)] AS agents, case_id, ts AS first_ts, ts AS last_ts, origin,
    arrayConcat([(trace_id, span_id, 'violation')], if(late_change.2 = '', [], [(late_change.2, late_change.3, 'cause')]),
        arrayMap(one -> (one.3, one.4, 'cause'), arrayFilter(one -> (one.3, one.4) NOT IN [(trace_id, span_id), (late_change.2, late_change.3)],
            arrayDistinct(if(empty(of_others), approvals, [last_approval]))))) AS evidence,
    if(agent = '', 'an agent', toString(agent)) AS agent_name, toString(kind) AS effect_kind, amount, if(unit = '', 'units', toString(unit)) AS unit_name,
    if(entity = '', 'the case', entity) AS subject, policy_id, version AS policy_version,
    multiIf(empty(approvals), 'nobody had approved it', empty(of_others), 'only it itself had approved it',
        concat(subject, ' was changed after the approval')) AS what
FROM (
    SELECT *, arrayFilter(one -> one.2 = '' OR one.2 != agent, approvals) AS of_others, arraySort(of_others)[-1] AS last_approval,
        arrayFirst(one -> notEmpty(of_others) AND one.1 > last_approval.1 AND one.1 < ts AND one.2 NOT IN [trace_id, last_approval.3],
            arraySort(changes)) AS late_change
    FROM wanting LEFT JOIN approved USING (tenant, trace_id, span_id) LEFT JOIN changed USING (tenant, entity))
WHERE empty(of_others) OR late_change.2 != ''
