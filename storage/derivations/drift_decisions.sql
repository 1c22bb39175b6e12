-- What was decided in the windows `numbers`, to drift_windows: which actions, by the intent of the run, the outcome
-- of each, how sure, over what amount, and how often a check said no.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH $drift_meant,
decided AS (
    SELECT toString(agent) AS who, '' AS version, ts AS began, $drift_number AS number, trace_id,
        arrayJoin(arrayFilter(item -> {lane:String} = 'day' OR item.1 IN ('actions', 'decisions', 'denials'), arrayConcat(
            if(action = '', [], [('actions', substringUTF8(action, 1, 200))]),
            if(outcome = '', [], [('decisions', concat(substringUTF8(action, 1, 100), ' -> ', substringUTF8(outcome, 1, 100)))]),
            if(confidence IS NULL, [], [('confidence', toString(toInt32(floor(50 * least(greatest(ifNull(confidence, 0), 0), 1)))))]),
            if(outcome = '' OR amount IS NULL, [], [('amount',
                toString(toInt32(floor(8 * log2(abs(toFloat64(ifNull(amount, 0))) + 1)))))]),
            if(verdict = '', [], [('denials', if(verdict IN ('deny', 'denied', 'block', 'blocked'), 'denied', 'fine'))])))) AS item,
        item.1 AS metric, item.2 AS said,
        if(metric = 'actions', ifNull(meant.intent, ''), '') AS wish
    FROM decisions FINAL
    LEFT JOIN meant USING (trace_id)
    WHERE tenant = {tenant:String} AND agent != '' AND ts >= {since:DateTime64(9, 'UTC')}
        AND ts < {until:DateTime64(9, 'UTC')} AND number IN {numbers:Array(Int32)}),
counted AS (
    SELECT who, version, number, wish, metric, said AS name, count() AS found
    FROM decided GROUP BY who, version, number, wish, metric, name
    UNION ALL
    SELECT who, version, number, wish, metric, '' AS name, uniqExact(trace_id) AS found
    FROM decided GROUP BY who, version, number, wish, metric)
$drift_finish
