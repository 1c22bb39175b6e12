-- Which runs of the windows `numbers` came to a bad end within `maturity_days` of their beginning, to
-- drift_windows: by the outcomes of their trace or of their case. What came later is left out of all windows.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH runs AS (
    SELECT toString(agent) AS who, trace_id, min(ts) AS began, $drift_number AS number,
        max(toString(agent_version)) AS version, max(case_id) AS of_case
    FROM steps FINAL
    WHERE tenant = {tenant:String} AND agent != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY agent, trace_id
    HAVING number IN {numbers:Array(Int32)}),
ends AS (
    SELECT arrayJoin(arrayFilter(key -> key != '', [concat('trace ', trace_id), if(case_id = '', '', concat('case ', case_id))])) AS key,
        arraySort(groupArray((ts, polarity))) AS came
    FROM outcomes FINAL
    WHERE tenant = {tenant:String} AND polarity != 0 AND ts >= {since:DateTime64(9, 'UTC')}
        AND ts < {until:DateTime64(9, 'UTC')} + toIntervalDay({maturity_days:UInt32})
    GROUP BY key),
ended AS (
    SELECT who, version, number, trace_id, max(arrayExists(one -> one.2 < 0 AND one.1 >= began
            AND one.1 <= began + toIntervalDay({maturity_days:UInt32}), ends.came)) AS bad
    FROM (SELECT *, arrayJoin(arrayFilter(key -> key != '', [concat('trace ', trace_id), if(of_case = '', '', concat('case ', of_case))])) AS key FROM runs) AS runs
    LEFT JOIN ends USING (key)
    GROUP BY who, version, number, trace_id),
counted AS (
    SELECT who, version, number, '' AS wish, 'outcomes' AS metric, if(bad, 'bad', 'fine') AS name, count() AS found
    FROM ended WHERE (SELECT count() FROM ends) > 0 GROUP BY who, version, number, name
    UNION ALL
    SELECT who, version, number, '' AS wish, 'outcomes' AS metric, '' AS name, count() AS found
    FROM ended WHERE (SELECT count() FROM ends) > 0 GROUP BY who, version, number)
$drift_finish
