-- Which runs led to others by links or messages, as far as these runs are on either side? `kind` says by what.
SELECT DISTINCT cause_trace_id, effect_trace_id, kind FROM (
    SELECT cause_trace_id, effect_trace_id, 'link' AS kind FROM links
    WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
        AND (effect_trace_id IN {trace_ids:Array(String)} OR cause_trace_id IN {trace_ids:Array(String)})
    UNION ALL
    SELECT sent.trace_id, taken.trace_id, 'message'
    FROM (
        SELECT DISTINCT message_id, trace_id FROM messages
        WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
            AND operation != 'send' AND message_id IN (
                SELECT message_id FROM messages
                WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND trace_id IN {trace_ids:Array(String)})) AS taken
    INNER JOIN (
        SELECT DISTINCT message_id, trace_id FROM messages
        WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
            AND operation = 'send' AND message_id IN (
                SELECT message_id FROM messages
                WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND trace_id IN {trace_ids:Array(String)})) AS sent
        USING (message_id))
WHERE cause_trace_id != effect_trace_id
LIMIT {rows_max:UInt64}
