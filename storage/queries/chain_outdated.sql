-- Which chains may look otherwise for what was stored since `stored_since` (ns)? Those that know a trace
-- or a datum of it; a datum without a field is every field of its entity.
WITH
    traces AS (
        SELECT DISTINCT tenant, trace_id FROM steps
        WHERE received >= {received_since:DateTime64(9, 'UTC')} AND revision >= {stored_since:UInt64}
        UNION DISTINCT
        SELECT DISTINCT tenant, trace_id FROM data_access
        WHERE received >= {received_since:DateTime64(9, 'UTC')} AND revision >= {stored_since:UInt64}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin(trace_ids) FROM findings WHERE revision >= {stored_since:UInt64}),
    data AS (
        SELECT DISTINCT tenant, entity, arrayJoin([toString(field), '']) FROM data_access
        WHERE received >= {received_since:DateTime64(9, 'UTC')} AND revision >= {stored_since:UInt64})
SELECT tenant, subject FROM chains FINAL
WHERE built >= {built_since:DateTime64(9, 'UTC')} AND built < fromUnixTimestamp64Nano(toInt64({stored_until:UInt64}))
    AND (arrayExists(id -> (tenant, id) IN traces, trace_ids)
        OR arrayExists((thing, part) -> (tenant, thing, part) IN data, entities, fields))
ORDER BY built, subject
LIMIT {rows_max:UInt64}
