-- Who sent and who took the messages of which these traces sent or took one?
SELECT message_id, operation, trace_id, span_id, ts, received, revision FROM messages
WHERE tenant = {tenant:String} AND message_id IN (
    SELECT message_id FROM messages WHERE tenant = {tenant:String} AND trace_id IN {trace_ids:Array(String)})
ORDER BY message_id, ts, span_id
LIMIT {rows_max:UInt64}
