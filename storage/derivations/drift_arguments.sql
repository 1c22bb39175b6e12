-- Which arguments tools were called with in the windows `numbers`, to drift_windows: the names and kinds of each
-- call's arguments, by tool. Of calls whose arguments were kept whole when texts were looked at.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH called AS (
    SELECT toString(agent) AS who, '' AS version, ts AS began, $drift_number AS number, trace_id, '' AS wish,
        'arguments' AS metric, arrayStringConcat(arraySort(arrayMap(member -> concat(substringUTF8(member.1, 1, 60), ' ',
            transform(substring(member.2, 1, 1), ['"', '{', '[', 't', 'f', 'n'],
                ['text', 'object', 'list', 'flag', 'flag', 'null'], 'number')),
            JSONExtractKeysAndValuesRaw(arguments))), ', ') AS listed,
        concat(substringUTF8(tool, 1, 200), ' -> ', multiIf(listed = '', 'nothing',
            lengthUTF8(listed) <= 200, listed, concat(substringUTF8(listed, 1, 180), ' ', lower(hex(sipHash64(listed)))))) AS said
    FROM contents FINAL
    WHERE tenant = {tenant:String} AND agent != '' AND tool != '' AND arguments != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
        AND number IN {numbers:Array(Int32)}),
counted AS (
    SELECT who, version, number, wish, metric, said AS name, count() AS found
    FROM called GROUP BY who, version, number, wish, metric, name
    UNION ALL
    SELECT who, version, number, wish, metric, '' AS name, uniqExact(trace_id) AS found
    FROM called GROUP BY who, version, number, wish, metric)
$drift_finish
