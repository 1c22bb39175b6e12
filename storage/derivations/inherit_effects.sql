-- Rows of effects that name no agent take that of the step they came from. Bounded by the time of receipt.
INSERT INTO effects
SELECT fact.* REPLACE (step.agent AS agent,
    if(fact.conversation_id = '', step.conversation_id, fact.conversation_id) AS conversation_id,
    toUnixTimestamp64Nano(now64(9)) AS revision)
FROM (
    SELECT * FROM effects FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''
    LIMIT {rows_max:UInt32}) AS fact
INNER JOIN (
    SELECT tenant, trace_id, span_id, agent, conversation_id FROM steps FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} - toIntervalDay(1) AND received < {until:DateTime64(9, 'UTC')}
        AND agent != '') AS step USING (tenant, trace_id, span_id)
