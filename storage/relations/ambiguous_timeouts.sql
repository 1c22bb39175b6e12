-- After which writes that timed out did nobody look what became of them? A look is a read of the entity by
-- anybody, or the same write again under the same idempotency key. retried_anew: written again under
-- another key or none. within_s in s.
-- Touched by steps.
WITH
    failed AS (
        SELECT s.tenant AS tenant, s.trace_id AS trace_id, s.span_id AS span_id, s.ts AS ts, s.received AS received,
            toString(s.error_type) AS error, toString(s.agent) AS agent, toString(s.tool) AS tool, s.case_id AS case_id
        FROM steps AS s FINAL
        WHERE $received_now AND s.status = 'Error'
            AND match(s.error_type, '(?i)time.?out|timed.?out|deadline|connection.?(reset|aborted|lost)|remote.?disconnect|gateway')),
    written AS (
        SELECT tenant, trace_id, span_id, entity, idempotency_key AS key, toString(origin) AS origin,
            NOT reversible AS irreversible
        FROM data_access FINAL
        WHERE access = 'write' AND entity != '' AND (tenant, trace_id, span_id) IN (SELECT tenant, trace_id, span_id FROM failed)
            AND received >= {since:DateTime64(9)} - toIntervalDay(1)
        LIMIT 1 BY tenant, trace_id, span_id),
    later AS (
        SELECT tenant, entity, groupArray((ts, access = 'read', idempotency_key, span_id)) AS accesses
        FROM data_access FINAL
        WHERE (tenant, entity) IN (SELECT tenant, entity FROM written) AND received < {until:DateTime64(9)}
        GROUP BY tenant, entity)
SELECT tenant, concat('trace:', trace_id) AS lane, span_id AS anchor, [agent_name] AS agents, case_id,
    ts AS first_ts, ts AS last_ts, origin, [(trace_id, span_id, 'violation')] AS evidence,
    if(agent = '', 'an agent', agent) AS agent_name, tool AS by_tool, error, entity AS subject,
    received + toIntervalSecond({within_s:Int64}) < {until:DateTime64(9)} AS time_is_up,
    arrayFilter(a -> a.1 > ts AND a.1 <= ts + toIntervalSecond({within_s:Int64}) AND a.4 != span_id, accesses) AS after,
    arrayExists(a -> a.2 OR key != '' AND a.3 = key, after) AS looked_at,
    arrayExists(a -> NOT a.2 AND (key = '' OR a.3 != key), after) AS retried_anew,
    if(retried_anew, 'wrote it again as if nothing had happened', 'nobody looked whether it had happened') AS what,
    irreversible
FROM failed
INNER JOIN written USING (tenant, trace_id, span_id)
INNER JOIN later USING (tenant, entity)
