-- How old what agents read was when they read it, in the windows `numbers`, to drift_windows.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH seen AS (
    SELECT toString(agent) AS who, '' AS version, ts AS began, $drift_number AS number, trace_id, '' AS wish,
        'freshness' AS metric, toString(toInt32(floor(8 * log2(greatest(dateDiff('second', as_of, ts), 0) + 1)))) AS said
    FROM data_access FINAL
    WHERE tenant = {tenant:String} AND agent != '' AND access = 'read' AND as_of > toDateTime64(0, 9)
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
        AND number IN {numbers:Array(Int32)}),
counted AS (
    SELECT who, version, number, wish, metric, said AS name, count() AS found
    FROM seen GROUP BY who, version, number, wish, metric, name
    UNION ALL
    SELECT who, version, number, wish, metric, '' AS name, uniqExact(trace_id) AS found
    FROM seen GROUP BY who, version, number, wish, metric)
$drift_finish
