-- Which effects are more than a policy allows at once, or in several parts on one entity or case within
-- 24 h? Per agent, metric and unit; what was approved before does not count, and what the agent itself
-- takes back is subtracted. An approval may be heard of at any time: what it covers is looked at again. amount and
-- most in unit.
-- Needs policies.
-- Touched by effects, decisions.
WITH
    touched AS (
        SELECT tenant, ts, arrayJoin($limit_lanes) AS lane FROM effects
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
            AND (SELECT count() FROM policy_rules WHERE max_amount IS NOT NULL OR max_amount_per_day IS NOT NULL) > 0
        UNION ALL
        SELECT tenant, ts, arrayJoin($limit_lanes) FROM $effects_approved_now AS approved_now),
    approvals AS (
        SELECT tenant, arrayJoin($approval_keys) AS key, min(ts) AS approved_ts FROM decisions FINAL
        WHERE $was_approved AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(7) AND received < {until:DateTime64(9)}
        GROUP BY tenant, key),
    done AS (
        SELECT tenant, toString(agent) AS doer, toString(metric) AS what_metric, toString(unit) AS in_unit, arrayJoin($limit_lanes) AS lane,
            arrayJoin(arrayPushBack($approval_keys, ('', '', ''))) AS key,
            (ts, toFloat64(assumeNotNull(delta)), trace_id, span_id, toString(kind), entity, case_id, toString(origin)) AS part
        FROM effects FINAL
        WHERE (tenant, lane) IN (SELECT tenant, lane FROM touched) AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1)
            AND received < {until:DateTime64(9)} AND status != 'Error' AND delta != 0),
    in_scope AS (
        SELECT tenant, doer, what_metric, in_unit, lane, arraySort(groupArray(each_part)) AS parts
        FROM (
            SELECT tenant, doer, what_metric, in_unit, lane,
                tupleConcat(part, tuple(minIf(approved_ts, approved_ts > part.1))) AS each_part
            FROM done LEFT JOIN approvals USING (tenant, key)
            GROUP BY tenant, doer, what_metric, in_unit, lane, part
            HAVING countIf(approved_ts > toDateTime64(0, 9) AND approved_ts <= part.1) = 0)
        GROUP BY tenant, doer, what_metric, in_unit, lane)
SELECT tenant, lane, concat(last.4, last.5, policy_id) AS anchor, [doer] AS agents, last.7 AS case_id, parts_of[1].1 AS first_ts, last.1 AS last_ts,
    arrayMap(part -> (part.3, part.4, if(part.4 = last.4, 'violation', 'cause')), arrayDistinct(arrayMap(p -> (p.1, p.2, p.3, p.4), parts_of))) AS evidence,
    if(arrayExists(part -> part.8 = 'inferred', parts_of), 'inferred', last.8) AS origin,
    if(doer = '', 'an agent', doer) AS agent_name, last.5 AS kind, in_unit AS unit, policy_id, version AS policy_version,
    substring(lane, position(lane, ':') + 1) AS subject, if(alone, left_of_last, abs(total)) AS amount, if(alone, max_amount, max_amount_per_day) AS most,
    if(alone, 'at once', concat('in ', toString(length(parts_of)), ' parts within 24 hours')) AS how,
    if(last.9 = toDateTime64(0, 9), 'without approval', concat('approved only ', formatReadableTimeDelta(dateDiff('second', last.1, last.9)), ' later')) AS approval
FROM (
    SELECT *,
        abs(last.2) - arraySum(p -> if(p.1 > last.1 AND p.1 <= last.1 + toIntervalDay(1) AND p.2 * last.2 < 0, abs(p.2), 0), parts) AS left_of_last,
        left_of_last > max_amount AND (last.6 = '' OR startsWith(lane, 'entity:')) AS alone,
        arrayFilter(p -> p.1 > last.1 - toIntervalDay(1) AND p.1 <= last.1 AND (empty(effect_kinds) OR has(effect_kinds, p.5)), parts) AS before_it,
        if(ifNull(alone, false), [last], before_it) AS parts_of,
        arraySum(p -> if(p.1 > last.1 - toIntervalDay(1) AND p.1 <= last.1, p.2, 0), parts) AS total
    FROM (SELECT *, arrayJoin(parts) AS last FROM in_scope) AS each CROSS JOIN $policies_now AS policy
    WHERE last.1 >= effective_from AND last.1 < effective_until AND (currency = '' OR currency = in_unit)
        AND (empty(policy.agents) OR has(policy.agents, doer)) AND (empty(effect_kinds) OR has(effect_kinds, last.5)))
WHERE ifNull(alone, false) OR (abs(total) > max_amount_per_day AND total * last.2 > 0 AND abs(total - last.2) <= max_amount_per_day
    AND length(parts_of) > 1 AND arrayAll(p -> max_amount IS NULL OR abs(p.2) <= max_amount, parts_of)
    AND (startsWith(lane, 'entity:') OR arrayUniq(arrayMap(p -> p.6, parts_of)) > 1 OR last.6 = ''))
