-- Which decisions had effects though their confidence is low? asked: the threshold that the decision
-- itself says; share and asked 0 to 1, what is over 1 is percent.
-- Touched by decisions, effects.
WITH
    touched AS (
        SELECT tenant, decision_id, ts FROM decisions
        WHERE decision_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION ALL
        SELECT tenant, decision_id, ts FROM effects
        WHERE decision_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    decided AS (
        SELECT tenant, decision_id, trace_id,
            argMin((span_id, toString(agent), toString(action), case_id, toString(confidence_method)), ts) AS said,
            max(ts) AS decided_ts, min(confidence) AS sure, max(threshold) AS least,
            countIf(approval_id != '' AND lower(approval_state) NOT IN ('denied', 'rejected', 'pending', 'requested')) > 0 AS approved,
            max(origin != 'explicit') AS second_hand
        FROM decisions FINAL
        WHERE (tenant, decision_id) IN (SELECT tenant, decision_id FROM touched)
            AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND received < {until:DateTime64(9)}
        GROUP BY tenant, decision_id, trace_id
        HAVING isNotNull(sure) AND isNotNull(least)),
    done AS (
        SELECT tenant, decision_id, trace_id, groupUniqArray(span_id) AS spans, min(ts) AS first_done, max(ts) AS last_done
        FROM effects FINAL
        WHERE (tenant, decision_id) IN (SELECT tenant, decision_id FROM touched)
            AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND received < {until:DateTime64(9)} AND status != 'Error'
        GROUP BY tenant, decision_id, trace_id)
SELECT tenant, concat('trace:', trace_id) AS lane, decision_id AS anchor, [said.2] AS agents, said.4 AS case_id,
    least(decided_ts, first_done) AS first_ts, greatest(decided_ts, last_done) AS last_ts,
    if(second_hand, 'mapped', 'explicit') AS origin,
    arrayConcat([(trace_id, said.1, 'violation')], arrayMap(span -> (trace_id, span, 'effect'), arraySort(spans))) AS evidence,
    if(said.2 = '', 'an agent', said.2) AS agent_name, if(said.3 = '', 'an action', said.3) AS action_name,
    if(said.5 = '', 'stated', said.5) AS method, length(spans) AS effects, approved,
    assumeNotNull(if(sure > 1, sure / 100, sure)) AS share, assumeNotNull(if(least > 1, least / 100, least)) AS asked
FROM decided INNER JOIN done USING (tenant, decision_id, trace_id)
