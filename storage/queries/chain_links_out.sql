-- Where did these traces lead: links to their spans, and the takers of the messages that they sent?
SELECT DISTINCT * FROM (
    SELECT cause_trace_id, cause_span_id, effect_trace_id, effect_span_id, toString(kind) AS kind_name
    FROM links
    WHERE tenant = {tenant:String} AND cause_trace_id IN {trace_ids:Array(String)}
    UNION ALL
    SELECT sent.trace_id, sent.span_id, taken.trace_id, taken.span_id, 'message'
    FROM (
        SELECT DISTINCT message_id, trace_id, span_id FROM messages
        WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)}
            AND operation = 'send') AS sent
    INNER JOIN (
        SELECT DISTINCT message_id, trace_id, span_id FROM messages
        WHERE tenant = {tenant:String} AND operation != 'send' AND message_id IN (
            SELECT message_id FROM messages
            WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)})) AS taken USING (message_id))
LIMIT {rows_max:UInt64}
