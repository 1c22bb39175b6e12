-- Who read and who wrote these data in [since, until)? `entities` and `fields` go pairwise, of `whole`
-- entities it is every field; of each datum the newest reads and the newest writes, so many.
SELECT $chain_access
FROM (
    SELECT $chain_access FROM data_access
    WHERE tenant = {tenant:String}
        AND ((entity, field) IN arrayZip({entities:Array(String)}, {fields:Array(String)}) OR entity IN {whole:Array(String)})
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')} AND status != 'Error'
    -- What was derived again or sent twice counts once.
    ORDER BY revision DESC LIMIT 1 BY entity, field, ts, trace_id, span_id, access, data_id)
ORDER BY ts DESC
LIMIT {each_max:UInt64} BY entity, field, access
LIMIT {rows_max:UInt64}
