-- Which findings of these signatures stand in lanes that received rows in [since, until)?
WITH
    touched AS (
        SELECT DISTINCT tenant, concat('trace:', trace_id) AS lane FROM steps
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin([concat('trace:', trace_id), concat('field:', entity, '|', field),
            concat('entity:', entity), concat('case:', case_id), concat('conversation:', conversation_id)]) AS lane
        FROM data_access
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin([concat('trace:', trace_id), concat('entity:', entity),
            concat('case:', case_id), concat('conversation:', conversation_id)]) AS lane
        FROM effects
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin([concat('trace:', trace_id), concat('case:', case_id),
            concat('conversation:', conversation_id)]) AS lane
        FROM decisions
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})
SELECT tenant, finding_id
FROM findings FINAL
WHERE NOT retracted AND signature IN {signatures:Array(String)}
    AND cityHash64(tenant, lane) % {shards:UInt32} = {shard:UInt32}
    AND (tenant, lane) IN touched
LIMIT {rows_max:UInt64}
