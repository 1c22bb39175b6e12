-- Which runs ended well by their own account while something was left undone: an obligation open, a
-- required effect missing, plan items open, the last answer cut, the budget spent? Not where work was
-- handed to somebody outside the run, or waits for an approval.
-- Touched by steps.
-- Needs runs.
WITH $touched_steps,
runs AS (
    SELECT tenant, trace_id, max(received) AS heard, max(case_id) AS case_id, groupUniqArray(toString(agent)) AS members,
        argMinIf((span_id, status, toString(agent), ts, duration_ns), ts, operation IN ('invoke_agent', 'invoke_workflow')) AS root,
        argMaxIf((finish_reason, span_id), (ts, span_id), operation IN ('chat', 'text_completion', 'generate_content')) AS said_last,
        argMaxIf((progress_done, progress_total, span_id), (ts, span_id), progress_total > 0) AS progress,
        argMinIf(span_id, ts, error_type IN $budget_exit) AS spent, max(control_flow = 'approval') AS waits
    FROM walked GROUP BY tenant, trace_id),
done AS (
    SELECT tenant, trace_id, groupUniqArray(toString(kind)) AS kinds, arrayFilter(one -> one.1 != '', groupArray((opens, span_id))) AS opened
    FROM effects FINAL WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND $in_touched_days GROUP BY tenant, trace_id),
closed AS (
    SELECT tenant, groupUniqArray(closes) AS names FROM effects FINAL
    WHERE closes != '' AND received < {until:DateTime64(9, 'UTC')} AND (tenant, closes) IN (SELECT tenant, arrayJoin(opened).1 FROM done) GROUP BY tenant),
required AS (
    SELECT tenant, trace_id, any(i.span_id) AS intent_span, groupUniqArrayArray(allowed) AS wanted FROM intents AS i FINAL
    INNER JOIN (SELECT subject, allowed FROM policy_permissions WHERE kind = 'intent_required'
        AND generation = (SELECT max(generation) FROM policy_permissions)) AS p ON p.subject = i.kind
    WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) GROUP BY tenant, trace_id),
gone AS (
    SELECT tenant, trace_id, groupUniqArray(toString(to_agent)) AS targets FROM handoffs FINAL
    WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) GROUP BY tenant, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, root.1 AS anchor, [agent_name] AS agents, case_id, root.4 AS first_ts,
    first_ts + toIntervalNanosecond(root.5) AS last_ts, 'explicit' AS origin,
    arrayDistinct([(trace_id, root.1, 'violation'), (trace_id, if(shown = '', root.1, shown), 'expected_but_missing')]) AS evidence,
    if(root.3 = '', 'an agent', root.3) AS agent_name, toInt64(dateDiff('second', heard, {until:DateTime64(9, 'UTC')})) AS quiet_s,
    arrayFilter(one -> NOT has(closed.names, one.1), opened) AS open_ones,
    arrayFilter(kind -> NOT has(kinds, kind), wanted) AS missing,
    multiIf(notEmpty(open_ones), 'obligation', notEmpty(missing), 'effect', spent != '', 'budget',
        said_last.1 = 'length', 'cut', progress.2 > progress.1, 'plan', '') AS way,
    multiIf(way = 'obligation', open_ones[1].2, way = 'effect', intent_span, way = 'budget', spent, way = 'cut', said_last.2, way = 'plan', progress.3, '') AS shown,
    multiIf(way = 'obligation', concat('the obligation ', open_ones[1].1, ' that it opened is not closed'),
        way = 'effect', concat('what its intent requires did not happen: ', arrayStringConcat(missing, ', ')),
        way = 'budget', 'it had used up its turns or budget', way = 'cut', 'its last answer was cut off for length',
        concat(toString(progress.1), ' of ', toString(progress.2), ' plan items were done')) AS what
FROM runs
LEFT JOIN done USING (tenant, trace_id)
LEFT JOIN closed USING (tenant)
LEFT JOIN required USING (tenant, trace_id)
LEFT JOIN gone USING (tenant, trace_id)
WHERE root.1 != '' AND root.2 != 'Error' AND NOT waits AND way != '' AND NOT arrayExists(one -> NOT has(members, one), targets)
