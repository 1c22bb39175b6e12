-- Pairs of traces that each read one field and wrote the one that the other read, before either could
-- know: of the same case or thing, within an hour. The newest 64 accesses of a field are looked at.
WITH
    touched AS (
        SELECT tenant, trace_id, ts FROM data_access
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    crossed AS (
        SELECT tenant, of_case, thing, seen,
            arrayReverseSort(arrayFilter(w -> w.2 AND w.3 != seen.3 AND w.1 > seen.1 AND w.1 < seen.1 + toIntervalHour(1)
                AND NOT arrayExists(r -> NOT r.2 AND r.3 = w.3 AND r.5 = seen.5 AND r.1 < w.1, every)
                AND NOT arrayExists(r -> r.3 = seen.3 AND r.1 > w.1, every), every))[-1] AS made
        FROM (
            SELECT tenant, of_case, thing, every, arrayJoin(arrayFilter(r -> NOT r.2, every)) AS seen
            FROM (
                SELECT tenant, any(case_id) AS of_case, (entity, toString(field)) AS thing, arraySlice(arrayReverseSort(groupArray(
                    (ts, access = 'write', trace_id, span_id, version, toString(agent), toString(origin)))), 1, 64) AS every
                FROM data_access FINAL
                WHERE (tenant, entity, field) IN (
                        SELECT tenant, entity, field FROM data_access
                        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM touched) AND ts >= (SELECT min(ts) FROM touched) - toIntervalHour(1))
                    AND status != 'Error' AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(1) AND received < {until:DateTime64(9)}
                GROUP BY tenant, entity, field HAVING countIf(access = 'write') > 0 AND uniqExact(trace_id) > 1)))
SELECT tenant, concat('field:', a.2.1, '|', a.2.2) AS lane, concat(a.4.4, b.4.4) AS anchor,
    [mine_agent, other_agent] AS agents, a.1 AS case_id, least(a.3.1, b.3.1) AS first_ts, greatest(a.4.1, b.4.1) AS last_ts,
    if('inferred' IN (a.3.7, a.4.7, b.3.7, b.4.7), 'inferred', a.4.7) AS origin,
    [(a.3.3, a.3.4, 'violation'), (a.4.3, a.4.4, 'effect'), (b.3.3, b.3.4, 'violation'), (b.4.3, b.4.4, 'effect')] AS evidence,
    if(a.3.6 = '', 'an agent', a.3.6) AS mine_agent, if(b.3.6 = '', 'somebody else', b.3.6) AS other_agent,
    concat(a.2.1, if(a.2.2 = '', '', '.'), a.2.2) AS subject, if(a.3.5 = '', 'it', concat('version ', a.3.5)) AS version_read,
    (toUnixTimestamp64Nano(a.4.1) - toUnixTimestamp64Nano(a.3.1)) / 1e9 AS gap_s,
    abs(toUnixTimestamp64Nano(a.4.1) - toUnixTimestamp64Nano(b.4.1)) / 1e9 AS after_s, gap_s AS into_s, false AS same_value, false AS knew, true AS both_read,
    concat('each acted on what the other was about to change: ', mine_agent, ' read ', subject, ' and wrote ', other_subject, ', ',
        other_agent, ' read ', other_subject, ' and wrote ', subject) AS what
FROM (
    SELECT tenant, a, arrayFirst(one -> one.3.3 = a.4.3 AND one.4.3 = a.3.3 AND one.2 > a.2 AND (one.2.1 = a.2.1 OR a.1 != '' AND one.1 = a.1)
        AND one.4.1 > a.3.1 AND a.4.1 > one.3.1, every_crossing) AS b, concat(b.2.1, if(b.2.2 = '', '', '.'), b.2.2) AS other_subject
    FROM (
        SELECT tenant, arraySort(groupArray((of_case, thing, seen, made))) AS every_crossing, arrayJoin(every_crossing) AS a
        FROM crossed WHERE made.4 != '' GROUP BY tenant, arraySort([seen.3, made.3])))
WHERE b.4.4 != ''
LIMIT 1 BY tenant, lane, anchor
