-- Which traces wrote what these traces read? Of each datum the newest writes before `until`, so many:
-- a guess of where a walk back will go on.
SELECT trace_id, ts
FROM data_access
WHERE tenant = {tenant:String} AND access = 'write' AND ts < {until:DateTime64(9, 'UTC')}
    AND (entity, field) IN (
        SELECT entity, field FROM data_access
        WHERE tenant = {tenant:String} AND access = 'read' AND trace_id IN {trace_ids:Array(String)})
ORDER BY ts DESC
LIMIT {each_max:UInt64} BY entity, field
LIMIT {rows_max:UInt64}
