-- What would other limits have changed for the decisions of an agent's action in a span of time, at full autonomy, each
-- once? Confidences 0 to 1, 2 where everything escalates; amounts in dollars, inf for any. judged: ids that people looked
-- at, harmful: of these, known to be harm. agent_version: empty for all. examples: those that change, known harm first,
-- then by amount.
WITH ifNull(confidence, -1) >= {before_confidence:Float64} AND ifNull(amount, inf) <= {before_amount:Float64} AS was,
    ifNull(confidence, -1) >= {after_confidence:Float64} AND ifNull(amount, inf) <= {after_amount:Float64} AS will,
    decision IN {judged:Array(String)} AS looked_at, decision IN {harmful:Array(String)} AS harm
SELECT count() AS decisions, countIf(was) AS alone_before, countIf(will) AS alone_after, countIf(will AND NOT was) AS newly_alone,
    countIf(was AND NOT will) AS newly_escalated, sumIf(ifNull(amount, 0), will AND NOT was) AS dollars_newly_alone,
    countIf(will AND NOT was AND looked_at) AS judged_newly_alone, countIf(will AND NOT was AND harm) AS harms_newly_alone,
    arrayMap(one -> one.3, groupArraySortedIf(20)((NOT harm, -ifNull(amount, 0), decision), was != will)) AS examples
FROM (
    SELECT decision, argMax(tuple(confidence), revision).1 AS confidence,
        argMax(tuple(CAST(amount AS Nullable(Float64))), revision).1 AS amount
    FROM (
        SELECT if(decision_id = '', concat(trace_id, '/', span_id), decision_id) AS decision, confidence, amount, revision
        FROM decisions FINAL
        WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
            AND agent = {agent:String} AND action = {action:String} AND ({agent_version:String} = '' OR trace_id IN (
                SELECT trace_id FROM steps
                WHERE tenant = {tenant:String} AND agent = {agent:String} AND agent_version = {agent_version:String}
                    AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')})))
    GROUP BY decision)
LIMIT 1
