-- Which decisions did agents take in a span of time, each once, as far as they were received before another? What people
-- decided is left out. agent and action: empty for all; confidence 0 to 1, amount in currency; a decision without an id
-- is called by its trace and span; decision: empty for all.
SELECT decision_id, toString(argMax(agent_name, revision)) AS agent, toString(argMax(action_name, revision)) AS action,
    argMax(ts, revision) AS decided_at, argMax(trace, revision) AS trace_id, argMax(span, revision) AS span_id,
    argMax(tuple(said_confidence), revision).1 AS confidence, argMax(tuple(said_amount), revision).1 AS amount,
    toString(argMax(said_currency, revision)) AS currency, argMax(under, revision) AS threshold_version,
    toString(argMax(came, revision)) AS outcome
FROM (
    SELECT if(decisions.decision_id = '', concat(trace_id, '/', span_id), decisions.decision_id) AS decision_id, revision, ts,
        agent AS agent_name, action AS action_name, trace_id AS trace, span_id AS span, confidence AS said_confidence,
        CAST(amount AS Nullable(Float64)) AS said_amount, currency AS said_currency, threshold_version AS under, outcome AS came
    FROM decisions FINAL
    WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
        AND received < {known_until:DateTime64(9, 'UTC')} AND agent != '' AND NOT startsWith(agent, 'human:') AND action != ''
        AND ({agent:String} = '' OR agent = {agent:String}) AND ({action:String} = '' OR action = {action:String}))
WHERE {decision:String} IN ('', decision_id)
GROUP BY decision_id
ORDER BY decision_id
LIMIT {rows_max:UInt64}
