-- What was done in the cases that received effects in [since, until), by two agents in two runs or more; of each
-- case the newest so many effects of a month before? Failed ones did nothing. delta in unit. Only cases in which
-- some run declared a direction or a limit, something was opened, kinds are opposite (`kinds` and `opposites`,
-- pairwise), or two agents made the same thing good (kinds that begin as one of `makes_good`).
WITH
    touched AS (
        SELECT DISTINCT tenant, case_id, ts FROM effects
        WHERE case_id != '' AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    declared AS (
        SELECT DISTINCT tenant, trace_id FROM intents
        WHERE (direction != 0 OR amount_limit IS NOT NULL) AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(37)
            AND received < {until:DateTime64(9)})
SELECT tenant, case_id, act.1 AS ts, act.2 AS trace_id, act.3 AS span_id, act.4 AS kind, act.5 AS entity, act.6 AS agent, act.7 AS metric,
    act.8 AS delta, act.9 AS unit, act.10 AS opens, act.11 AS closes, act.12 AS decision_id, act.13 AS origin
FROM (
    SELECT tenant, case_id, arraySlice(arraySort(groupArray($case_effect)), -{of_case_max:UInt32}) AS acts
    FROM effects FINAL
    WHERE (tenant, case_id) IN (SELECT tenant, case_id FROM touched) AND ts >= (SELECT min(ts) FROM touched) - toIntervalDay(30)
        AND status != 'Error' AND agent != '' AND received < {until:DateTime64(9)}
    GROUP BY tenant, case_id
    HAVING uniqExact(agent) > 1 AND uniqExact(trace_id) > 1 AND (
        countIf(opens != '') > 0 OR countIf((tenant, trace_id) IN (SELECT tenant, trace_id FROM declared)) > 0
        OR arrayExists((one, other) -> has(groupUniqArray(toString(kind)), one) AND has(groupUniqArray(toString(kind)), other),
            {kinds:Array(String)}, {opposites:Array(String)})
        OR uniqExactIf((entity, kind, metric), arrayExists(good -> startsWith(kind, good), {makes_good:Array(String)}))
            < uniqExactIf((entity, kind, metric, agent), arrayExists(good -> startsWith(kind, good), {makes_good:Array(String)})))
        AND cityHash64(tenant, concat('case:', case_id)) % {shards:UInt32} = {shard:UInt32})
ARRAY JOIN acts AS act
LIMIT {rows_max:UInt64}
