-- In how many runs that ended badly, and well, was each version, prompt, model, tool, policy version, kind of
-- source and age of a read seen? part: of which agent, policy or field it is; value empty: all runs in which
-- anything is known of that part. Age: time between as_of and the read.
WITH $ended_runs,
seen AS (
    SELECT tenant, trace_id, arrayJoin(arrayFilter(one -> one.3 != '', [
        ('agent_version', toString(agent), toString(agent_version)), ('model', '', toString(model)), ('tool', '', toString(tool))])) AS one
    FROM steps WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended)
        AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    UNION ALL
    SELECT tenant, trace_id, ('prompt', toString(agent), lower(hex(instructions_hash))) AS one
    FROM contents WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended) AND instructions_hash != 0
    UNION ALL
    SELECT tenant, trace_id, ('policy_version', toString(policy_id), toString(policy_version)) AS one
    FROM decisions WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended) AND policy_version != ''
    UNION ALL
    SELECT tenant, trace_id, arrayJoin(arrayFilter(one -> one.3 != '', [
        ('source_kind', concat(toString(entity_type), '.', toString(field)), toString(source_kind)),
        ('read_age', concat(toString(entity_type), '.', toString(field)), multiIf(as_of <= toDateTime64(0, 9), '',
            ts < as_of + toIntervalMinute(1), 'under 1 min', ts < as_of + toIntervalHour(1), 'under 1 h',
            ts < as_of + toIntervalDay(1), 'under 1 day', ts < as_of + toIntervalDay(7), 'under 7 days', '7 days or more'))])) AS one
    FROM data_access WHERE access = 'read' AND status != 'Error' AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM ended))
SELECT tenant, one.1 AS dimension, one.2 AS part, arrayJoin([one.3, '']) AS value,
    uniqExactIf(trace_id, polarity < 0) AS bad, uniqExactIf(trace_id, polarity > 0) AS good
FROM seen INNER JOIN ended USING (tenant, trace_id)
GROUP BY tenant, dimension, part, value
ORDER BY tenant, dimension, part, value
LIMIT {rows_max:UInt64}
