-- Which inputs are older than they should be? tolerance_s: the gap between writes of the field, 19 times of 20.
SELECT inputs.entity_type AS entity_type, inputs.field AS field, inputs.reads AS reads, inputs.age_p95_s AS age_p95_s,
    gaps.tolerance_s AS tolerance_s, inputs.age_p95_s / nullIf(gaps.tolerance_s, 0) AS of_tolerance,
    nullIf(gaps.last_write, toDateTime64(0, 9)) AS last_write
FROM (
    SELECT entity_type, field, count() AS reads, quantileOrNull(0.95)(age_s) AS age_p95_s
    FROM v1_inputs
    WHERE {narrowed} AND {action} AND read_at >= $__fromTime - 86400 AND read_at <= $__toTime
    GROUP BY entity_type, field) AS inputs
LEFT JOIN (
    SELECT entity_type, field, quantileOrNullArray(0.95)(gaps_s) AS tolerance_s, max(last) AS last_write
    FROM (
        SELECT any(entity_type) AS entity_type, any(v1_write_times.field) AS field, max(ts) AS last,
            arrayPopFront(arrayDifference(arraySort(groupUniqArray(toFloat64(ts))))) AS gaps_s
        FROM v1_write_times
        WHERE {timed}
        GROUP BY cityHash64(tenant, entity, v1_write_times.field))
    GROUP BY entity_type, field) AS gaps USING (entity_type, field)
ORDER BY of_tolerance DESC NULLS LAST, age_p95_s DESC NULLS LAST
LIMIT 200
