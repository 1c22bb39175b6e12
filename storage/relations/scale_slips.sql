-- Which numbers are off by a factor of 100 or 1000, or by the sign, from the last number of the same field
-- or from the usual of such fields? Usual: their median over a week; count: of how many.
-- Touched by data_access.
WITH
    touched AS (
        SELECT DISTINCT tenant, entity, field FROM data_access
        WHERE value_num IS NOT NULL AND received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    fresh AS (
        SELECT * FROM data_access FINAL
        WHERE (tenant, entity, field) IN touched AND value_num IS NOT NULL AND value_num != 0 AND entity_type != ''
            AND received < {until:DateTime64(9)}),
    usual AS (
        SELECT tenant, entity_type, field, count() AS count, quantileExact(0.5)(toFloat64(value_num)) AS median,
            quantileExact(0.05)(toFloat64(value_num)) AS low, quantileExact(0.95)(toFloat64(value_num)) AS high
        FROM data_access
        WHERE value_num IS NOT NULL AND (tenant, entity_type, field) IN (SELECT tenant, entity_type, field FROM fresh)
            AND received >= {since:DateTime64(9)} - toIntervalDay(7) AND received < {until:DateTime64(9)}
        GROUP BY tenant, entity_type, field),
    own AS (
        SELECT tenant, entity, field, arrayReverseSort(groupArray((ts, toFloat64(assumeNotNull(value_num))))) AS numbers
        FROM fresh
        GROUP BY tenant, entity, field)
SELECT tenant, concat('field:', entity, '|', field) AS lane, concat(trace_id, span_id, toString(access)) AS anchor,
    [agent_name] AS agents, case_id, ts AS first_ts, ts AS last_ts, toString(origin) AS origin,
    [(trace_id, span_id, 'violation')] AS evidence,
    if(agent = '', 'an agent', toString(agent)) AS agent_name, if(access = 'read', 'read', 'wrote') AS did,
    concat(entity, if(field = '', '', '.'), field) AS subject, toString(entity_type) AS of_type, toFloat64(value_num) AS value,
    median, count, arrayFilter(one -> one.1 < ts, numbers) AS earlier,
    earlier[1].2 AS last, earlier[2].2 != 0 AND abs(value / earlier[2].2) BETWEEN 0.5 AND 2 AS corrects,
    arrayFirst(f -> abs(abs(value / median) / f - 1) <= {tolerance:Float64}, [100., 1000., 0.01, 0.001]) AS of_usual,
    if(last = 0, 0., arrayFirst(f -> abs(abs(value / last) / f - 1) <= {tolerance:Float64}, [100., 1000., 0.01, 0.001])) AS of_last,
    if(of_last > 0, of_last, of_usual) AS factor, if(of_last > 0, 'its last', 'the usual') AS than, if(of_last > 0, last, median) AS compared,
    low > 0 AND value < 0 OR high < 0 AND value > 0 AS flipped,
    value > low AND value < high AS is_usual,
    if(flipped, 'has the other sign than', concat('is ', toString(if(factor >= 1, factor, round(1 / factor))), ' times ',
        if(factor >= 1, 'as much as', 'less than'))) AS how
FROM fresh
INNER JOIN usual USING (tenant, entity_type, field)
LEFT ANY JOIN own USING (tenant, entity, field)
WHERE median != 0
