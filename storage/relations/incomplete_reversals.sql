-- Which writes that an outcome says were reversed had been built upon, by writes that are still in force? Built
-- upon: another run read that version (without versions: that value) before the reversal, and wrote another
-- field after it; or a third run read what that run had written, and wrote again. In force: the newest of its
-- field, and nothing says that it takes it back. Two steps are followed.
-- Touched by outcomes.
WITH
    reversals AS (
        SELECT tenant, data_id, min((ts, trace_id, span_id, toString(agent))) AS back FROM outcomes FINAL ARRAY JOIN target AS data_id
        WHERE type = 'reversal' AND received >= {since:DateTime64(9, 'UTC')} AND received < {ripe_until:DateTime64(9, 'UTC')}
        GROUP BY tenant, data_id),
    undone AS (
        SELECT tenant, entity, field, ts, trace_id, span_id, toString(agent) AS agent, version, value_hash, case_id, origin = 'inferred' AS guessed, back
        FROM data_access FINAL INNER JOIN reversals USING (tenant, data_id)
        WHERE access = 'write' AND (tenant, data_id) IN (SELECT tenant, data_id FROM reversals) AND status != 'Error'
            AND received < {until:DateTime64(9, 'UTC')} AND (SELECT count() FROM reversals) > 0),
    readers AS (
        SELECT DISTINCT tenant, trace_id FROM data_access
        WHERE access = 'read' AND (tenant, entity, field) IN (SELECT tenant, entity, field FROM undone)),
    derived AS (
        SELECT tenant, run, seen, arrayJoin(arrayFilter(w -> w.2 AND w.10 = '' AND w.1 > seen.1 AND (w.3, w.4) != (seen.3, seen.4), every)) AS made
        FROM (
            SELECT tenant, trace_id AS run, groupArray((ts, access = 'write', entity, field, version, value_hash, data_id, span_id, toString(agent),
                compensates, origin = 'inferred')) AS every, arrayJoin(arrayFilter(one -> NOT one.2, every)) AS seen
            FROM data_access FINAL
            WHERE status != 'Error' AND received < {until:DateTime64(9, 'UTC')} AND (tenant, trace_id) IN (
                SELECT tenant, trace_id FROM readers
                UNION DISTINCT
                SELECT tenant, trace_id FROM data_access
                WHERE access = 'read' AND (tenant, entity, field) IN (
                    SELECT tenant, entity, field FROM data_access
                    WHERE access = 'write' AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM readers)))
            GROUP BY tenant, run)),
    once AS (
        SELECT tenant, trace_id, span_id, case_id, agent, guessed, entity, field, ts, back, run, made
        FROM (SELECT *, seen.3 AS entity, seen.4 AS field FROM derived) AS each INNER JOIN undone USING (tenant, entity, field)
        WHERE run != trace_id AND seen.1 > ts AND seen.1 <= back.1
            AND (version != '' AND seen.5 = version OR seen.5 = '' AND value_hash != 0 AND seen.6 = value_hash)),
    built AS (
        SELECT DISTINCT tenant, trace_id, span_id, case_id, agent, guessed, entity, field, ts, back,
            joined AND each.run NOT IN (one.run, trace_id) AND each.seen.1 > one.made.1 AND (each.made.3, each.made.4) != (entity, field)
                AND (one.made.5 != '' AND each.seen.5 = one.made.5 OR each.seen.5 = '' AND one.made.6 != 0 AND each.seen.6 = one.made.6) AS follows,
            arrayJoin(if(follows, [(one.run, one.made), (each.run, each.made)], [(one.run, one.made)])) AS write, write.1 AS run, write.2 AS made
        FROM (SELECT *, made.3 AS from_entity, made.4 AS from_field FROM once) AS one
        LEFT JOIN (SELECT run, tenant, seen, made, seen.3 AS from_entity, seen.4 AS from_field, true AS joined FROM derived) AS each
            USING (tenant, from_entity, from_field)),
    newest AS (
        SELECT tenant, entity AS made_entity, field AS made_field, max(ts) AS newest_ts FROM data_access FINAL
        WHERE access = 'write' AND status != 'Error' AND received < {until:DateTime64(9, 'UTC')}
            AND (tenant, entity, field) IN (SELECT tenant, made.3, made.4 FROM derived)
        GROUP BY tenant, entity, field),
    takings_back AS (
        SELECT tenant, compensates AS data_id FROM data_access WHERE compensates != '' AND status != 'Error' AND received < {until:DateTime64(9, 'UTC')}
        UNION ALL
        SELECT tenant, arrayJoin(target) FROM outcomes WHERE type = 'reversal' AND received < {until:DateTime64(9, 'UTC')})
SELECT tenant, concat('trace:', trace_id) AS lane, concat(span_id, subject) AS anchor, arrayDistinct(arrayMap(one -> one.9, standing)) AS agents,
    case_id, first_ts, reversal.1 AS last_ts, if(guessed OR arrayExists(one -> one.11, standing), 'inferred', 'explicit') AS origin,
    arrayDistinct(arrayConcat([(trace_id, span_id, 'cause'), (reversal.2, reversal.3, 'outcome')],
        arrayMap(one -> (one.12, one.8, 'effect'), arraySlice(standing, 1, 8)))) AS evidence,
    subject, if(wrote = '', 'an agent', wrote) AS writer, if(reversal.4 = '', 'somebody', reversal.4) AS undoer,
    standing, arrayMap(one -> concat(one.3, if(one.4 = '', '', '.'), one.4), standing) AS things, length(standing) AS count_standing,
    if(standing[1].9 = '', 'an agent', standing[1].9) AS builder
FROM (
    SELECT tenant, trace_id, span_id, concat(entity, if(field = '', '', '.'), field) AS subject, any(built.case_id) AS case_id, any(ts) AS first_ts,
        any(agent) AS wrote, any(built.guessed) AS guessed, any(back) AS reversal,
        arraySort(groupUniqArray((made.1, made.2, made.3, made.4, made.5, made.6, made.7, made.8, made.9, made.10, made.11, run))) AS standing
    FROM built
    INNER JOIN newest ON newest.tenant = built.tenant AND made_entity = made.3 AND made_field = made.4
    WHERE made.1 = newest_ts AND (made.7 = '' OR (tenant, made.7) NOT IN takings_back)
    GROUP BY tenant, trace_id, span_id, entity, field)
