-- Which decisions rest on a read that had been overwritten by then? A decision's inputs are the reads it
-- names, else the reads before it in its trace; without a decision event it is the first write after the
-- read. Newer: a version of a higher number or a later first write; without versions a write after as_of, where
-- that is longer ago than 95 % of the times between earlier writes of the field, if these are not too few.
-- The newest 256 writes of a field are looked at; a decision that comes over a day after its read is missed
-- until the field is touched again. age_s, behind_s in s.
-- Touched by data_access, decisions.
WITH
    touched AS (
        SELECT DISTINCT tenant, entity, field FROM data_access
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, entity, field FROM data_access
        WHERE access = 'read' AND received >= {since:DateTime64(9)} - toIntervalDay(1) AND received < {until:DateTime64(9)}
            AND (tenant, trace_id) IN (
                SELECT tenant, trace_id FROM decisions
                WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
                UNION DISTINCT
                SELECT tenant, trace_id FROM data_access
                WHERE access = 'write' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)})),
    accesses AS (
        SELECT * FROM data_access FINAL
        WHERE (tenant, entity, field) IN touched AND received < {until:DateTime64(9)} AND status != 'Error'),
    written AS (
        SELECT tenant, entity, field,
            arrayReverseSort(groupArray((ts, version, value_hash, toString(agent), toString(if(source = '', service, source)), trace_id, span_id))) AS every,
            arraySlice(every, 1, 256) AS writes
        FROM accesses WHERE access = 'write' GROUP BY tenant, entity, field),
    reads AS ( -- of what is read again before it is decided, the later read counts, unless the decision names this one
        SELECT *, leadInFrame(ts) OVER (PARTITION BY tenant, trace_id, entity, field ORDER BY ts
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS read_again
        FROM accesses WHERE access = 'read' AND (version != '' OR as_of > toDateTime64(0, 9))),
    decided AS (
        SELECT tenant, trace_id,
            arraySort(groupArray((ts, span_id, toString(action), inputs, decision_id))) AS decisions
        FROM decisions FINAL
        WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM reads)
            AND ts >= (SELECT min(ts) FROM reads) - toIntervalDay(1) AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id),
    acted AS (
        SELECT tenant, trace_id, arraySort(groupArray((ts, span_id, concat('writing ', toString(field)), CAST([], 'Array(String)'), ''))) AS acts
        FROM data_access FINAL
        WHERE access = 'write' AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM reads)
            AND ts >= (SELECT min(ts) FROM reads) AND received < {until:DateTime64(9)}
        GROUP BY tenant, trace_id)
SELECT tenant, concat('field:', entity, '|', field) AS lane, concat(trace_id, span_id, decision.2) AS anchor,
    [agent_name] AS agents, case_id, ts AS first_ts, decision.1 AS last_ts, toString(origin) AS origin,
    [(newer.6, newer.7, 'cause'), (trace_id, span_id, 'violation'), (trace_id, decision.2, 'effect')] AS evidence,
    if(agent = '', 'an agent', toString(agent)) AS agent_name, decision.3 AS action, concat(entity, '.', field) AS subject,
    if(version = '' OR newer.2 = '', concat('as of ', toString(as_of)), concat('at version ', version)) AS as_read,
    if(version = '' OR newer.2 = '', 'another value', concat('version ', newer.2)) AS now_there,
    if(newer.4 = '', newer.5, if(newer.5 = '', newer.4, concat(newer.4, ' (', newer.5, ')'))) AS writer,
    (toUnixTimestamp64Nano(decision.1) - toUnixTimestamp64Nano(newer.1)) / 1e9 AS behind_s,
    if(as_of > toDateTime64(0, 9), (toUnixTimestamp64Nano(decision.1) - toUnixTimestamp64Nano(as_of)) / 1e9, NULL) AS age_s,
    toString(source_kind) AS source_kind
FROM (
    SELECT *,
        arrayFirst(d -> d.1 >= ts AND (has(d.4, data_id) OR empty(d.4)), decisions) AS told,
        if(told.2 != '', told, if(notEmpty(decisions), told, arrayFirst(a -> a.1 >= ts, acts))) AS decision,
        arrayFirst(w -> w.2 = version AND version != '', arrayReverse(writes)) AS own,
        toFloat64OrNull(version) AS number,
        arrayDifference(arraySort(if(as_of = toDateTime64(0, 9), [], arrayMap(w -> toUnixTimestamp64Nano(w.1), arrayFilter(w -> w.1 <= as_of, writes))))) AS gaps,
        if(length(gaps) > {gaps_min:Int64}, arrayReduce('quantileExact(0.95)', arrayPopFront(gaps)), 0) AS usual_ns,
        arrayFirst(w -> w.1 <= decision.1 - toIntervalMillisecond(toInt64({clock_error_s:Float64} * 1000))
            AND w.6 != trace_id AND (w.3 = 0 OR value_hash = 0 OR w.3 != value_hash)
            AND if(version != '' AND w.2 != '',
                w.2 != version AND ifNull(toFloat64OrNull(w.2) > number, if(own.7 = '', w.1 > ts, w.1 > own.1)),
                as_of > toDateTime64(0, 9) AND toUnixTimestamp64Nano(decision.1) - toUnixTimestamp64Nano(as_of) > usual_ns AND w.1 > as_of + toIntervalMillisecond(toInt64({clock_error_s:Float64} * 1000))),
            writes) AS newer
    FROM reads
    INNER JOIN written USING (tenant, entity, field)
    LEFT ANY JOIN decided USING (tenant, trace_id)
    LEFT ANY JOIN acted USING (tenant, trace_id))
WHERE decision.2 != '' AND newer.7 != '' AND (read_again <= ts OR read_again > decision.1 OR has(decision.4, data_id))
