-- Who sent and who took the messages of which these traces sent or took one?
SELECT message_id, toString(operation) AS operation_name, trace_id, span_id, min(ts) AS at FROM messages
WHERE tenant = {tenant:String} AND message_id IN (
    SELECT message_id FROM messages WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)})
GROUP BY message_id, operation_name, trace_id, span_id
ORDER BY message_id, at, span_id
LIMIT {rows_max:UInt64}
