-- Writes of a trace that rest on a read which another trace overwrote before they were made.
WITH
    touched AS (
        SELECT DISTINCT tenant, entity, field FROM data_access
        WHERE access = 'write' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}
        UNION DISTINCT
        SELECT DISTINCT tenant, entity, field FROM data_access
        WHERE access = 'read' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    histories AS (
        SELECT tenant, entity, field, any(case_id) AS case_id,
            arraySlice(arrayReverseSort(groupArray((ts, access = 'write', trace_id, span_id, version, version_prev,
                toString(agent), value_hash, toString(origin)))), 1, 256) AS every
        FROM data_access FINAL
        WHERE (tenant, entity, field) IN touched AND status != 'Error' AND received < {until:DateTime64(9)}
        GROUP BY tenant, entity, field
        HAVING countIf(access = 'write') > 1 AND countIf(access = 'read') > 0)
SELECT tenant, concat('field:', entity, '|', field) AS lane, concat(mine.3, mine.4) AS anchor,
    [mine_agent, other_agent] AS agents, case_id, seen.1 AS first_ts, mine.1 AS last_ts,
    if(mine.9 = 'inferred' OR seen.9 = 'inferred', 'inferred', mine.9) AS origin,
    [(other.3, other.4, 'cause'), (seen.3, seen.4, 'violation'), (mine.3, mine.4, 'effect')] AS evidence,
    if(mine.7 = '', 'an agent', mine.7) AS mine_agent, if(other.7 = '', 'somebody else', other.7) AS other_agent,
    concat(entity, if(field = '', '', '.'), field) AS subject, if(seen.5 = '', 'it', concat('version ', seen.5)) AS version_read,
    (toUnixTimestamp64Nano(mine.1) - toUnixTimestamp64Nano(seen.1)) / 1e9 AS gap_s,
    (toUnixTimestamp64Nano(mine.1) - toUnixTimestamp64Nano(other.1)) / 1e9 AS after_s,
    (toUnixTimestamp64Nano(other.1) - toUnixTimestamp64Nano(seen.1)) / 1e9 AS into_s,
    mine.8 != 0 AND mine.8 = other.8 AS same_value,
    mine.6 != '' AND mine.6 = other.5 AS knew,
    notEmpty(arrayFilter(r -> NOT r.2 AND r.3 = other.3 AND r.1 < other.1 AND r.5 = seen.5
        AND (seen.5 != '' OR r.1 > seen.1 - toIntervalHour(1)), every)) AS both_read
FROM (
    SELECT *,
        arrayFirst(r -> NOT r.2 AND r.3 = mine.3 AND r.1 < mine.1, every) AS seen,
        arrayFirst(w -> w.2 AND w.3 != mine.3 AND w.1 > seen.1 AND w.1 < mine.1, every) AS other
    FROM (SELECT *, arrayJoin(arrayFilter(w -> w.2, every)) AS mine FROM histories))
WHERE seen.4 != '' AND other.4 != ''
