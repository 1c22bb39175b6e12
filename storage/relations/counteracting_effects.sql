-- Which effects on one entity undo or double those of another agent within a week, unless one says that
-- it takes the other back? Instalments, a row of equal effects by one agent, are none. apart_s in s.
-- Touched by effects.
WITH
    touched AS (
        SELECT DISTINCT tenant, entity FROM effects
        WHERE entity != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    of_entities AS (
        SELECT * FROM effects FINAL
        WHERE (tenant, entity) IN touched AND status != 'Error' AND agent != '' AND received < {until:DateTime64(9)}),
    taken_back AS (
        SELECT tenant, entity, groupUniqArray(trace_id) AS traces FROM data_access FINAL
        WHERE (tenant, entity) IN touched AND access = 'write' AND compensates != '' AND received < {until:DateTime64(9)}
        GROUP BY tenant, entity)
SELECT tenant, concat('entity:', entity) AS lane, concat(one.span_id, other.span_id, one.kind) AS anchor,
    [toString(one.agent), toString(other.agent)] AS agents, one.case_id AS case_id,
    one.ts AS first_ts, other.ts AS last_ts,
    if(one.origin = 'inferred' OR other.origin = 'inferred', 'inferred', toString(one.origin)) AS origin,
    [(one.trace_id, one.span_id, 'cause'), (other.trace_id, other.span_id, 'violation')] AS evidence,
    agents[1] AS first_agent, agents[2] AS second_agent, entity AS subject,
    toString(one.kind) AS first_kind, toString(other.kind) AS second_kind, toString(one.unit) AS unit,
    toFloat64(one.delta) AS first_delta, toFloat64(other.delta) AS second_delta,
    if(first_delta * second_delta < 0, 'undid', 'repeated') AS what,
    (toUnixTimestamp64Nano(other.ts) - toUnixTimestamp64Nano(one.ts)) / 1e9 AS apart_s,
    has(traces, other.trace_id) OR has(traces, one.trace_id) OR startsWith(second_kind, 'revers') AS is_compensation
FROM of_entities AS one
INNER JOIN of_entities AS other USING (tenant, entity, metric, unit)
LEFT ANY JOIN taken_back USING (tenant, entity)
WHERE one.ts < other.ts AND one.agent != other.agent AND one.delta != 0 AND other.delta != 0
