-- Rows of decisions that name no agent take that of the step they came from. Bounded by the time
-- of receipt.
INSERT INTO decisions
WITH
    wanting AS (
        SELECT trace_id
        FROM decisions
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''),
    bounds AS (
        SELECT min(Start) AS first, max(End) + 1 AS last
        FROM otel_traces_trace_id_ts
        WHERE TraceId IN (SELECT trace_id FROM wanting))
SELECT fact.* REPLACE (step.agent AS agent,
    if(fact.conversation_id = '', step.conversation_id, fact.conversation_id) AS conversation_id,
    toUnixTimestamp64Nano(now64(9)) AS revision)
FROM (
    SELECT * FROM decisions FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = '') AS fact
INNER JOIN (
    SELECT tenant, trace_id, span_id, agent, conversation_id FROM steps FINAL
    WHERE trace_id IN (SELECT trace_id FROM wanting) AND agent != ''
        AND ts >= (SELECT first FROM bounds) AND ts <= (SELECT last FROM bounds)) AS step USING (tenant, trace_id, span_id)
