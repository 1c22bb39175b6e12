-- Which findings stand in lanes whose signature was to look at them again for what was received in
-- [since, until)? `of` and `ways`, pairwise: by which rows a signature's lanes are touched. by_evidence:
-- only if all of its evidence was received again.
WITH
    touched AS (
        SELECT DISTINCT tenant, arrayJoin([('steps', concat('trace:', trace_id)), ('evidence', concat('trace:', trace_id)),
            ('steps', concat('case:', case_id)), ('steps', concat('conversation:', conversation_id)),
            ('steps', concat('agent:', agent))]) AS way_and_lane
        FROM (
            SELECT DISTINCT tenant, trace_id, case_id, conversation_id, agent FROM steps
            WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin([('steps', concat('tool:', tool)),
            ('errors', concat('tool:', service, '|', tool, '|', error, '|', toString(toStartOfHour(ts, 'UTC'))))])
        FROM (
            SELECT tenant, service, tool, if(error_lane = 0, '', toString(error_type)) AS error, max(ts) AS ts FROM steps
            WHERE tool != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
            GROUP BY tenant, service, tool, error, toStartOfHour(steps.ts, 'UTC'))
        UNION DISTINCT
        SELECT DISTINCT tenant, ('contents', concat('trace:', trace_id)) FROM contents
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin(arrayConcat(
            arrayMap(way -> (way, concat('field:', entity, '|', field)),
                arrayFilter((way, holds) -> holds, ['accesses', 'writes', 'numbers'], [true, access = 'write', value_num IS NOT NULL])),
            [('accesses', concat('entity:', entity)), ('facts', concat('trace:', trace_id)), ('facts', concat('case:', case_id)),
                ('facts', concat('conversation:', conversation_id)), ('facts', concat('agent:', agent))]))
        FROM data_access
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, arrayJoin(arrayConcat(
            if(fact IN ('effects', 'decisions', 'intents'), arrayMap(of -> (fact, of), lanes), []), arrayMap(of -> ('facts', of), lanes)))
        FROM (
            SELECT tenant, fact, [concat('trace:', trace_id), concat('case:', case_id), concat('conversation:', conversation_id),
                concat('agent:', agent), concat('entity:', entity)] AS lanes
            FROM (
                SELECT tenant, received, 'effects' AS fact, trace_id, case_id, conversation_id, agent, entity FROM effects
                UNION ALL
                SELECT tenant, received, 'decisions', trace_id, case_id, conversation_id, agent, '' FROM decisions
                UNION ALL
                SELECT tenant, received, 'outcomes', trace_id, case_id, conversation_id, agent, arrayJoin(arrayPushBack(target, '')) FROM outcomes
                UNION ALL
                SELECT tenant, received, 'intents', trace_id, case_id, conversation_id, agent, '' FROM intents
                UNION ALL
                SELECT tenant, received, 'handoffs', trace_id, case_id, conversation_id, agent, '' FROM handoffs)
            WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})
        UNION DISTINCT
        SELECT DISTINCT tenant, ('approvals', arrayJoin($limit_lanes)) FROM $effects_approved_now AS approved_now
        UNION DISTINCT
        SELECT DISTINCT tenant, ('handoffs', concat('handoff:', if(work_item_id != '', work_item_id, case_id))) FROM handoffs
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} OR (tenant, case_id) IN $cases_written_to)
SELECT DISTINCT tenant, finding_id, way = 'evidence' AS by_evidence,
    arrayMap(one -> (one.trace_id, one.span_id), evidence) AS spans
FROM (
    SELECT tenant, finding_id, lane, evidence,
        arrayJoin(arrayFilter((way, id) -> id = signature, {ways:Array(String)}, {of:Array(String)})) AS way
    FROM findings FINAL
    WHERE NOT retracted AND signature IN {of:Array(String)} AND cityHash64(tenant, lane) % {shards:UInt32} = {shard:UInt32})
WHERE (tenant, (way, lane)) IN touched
LIMIT {rows_max:UInt64}
