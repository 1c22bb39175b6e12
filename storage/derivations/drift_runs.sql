-- What runs did, in the windows `numbers`, to drift_windows: each run is counted in the window that it began in,
-- with what it did within the reach around the windows. How many there are, tools, their transitions, paths, errors,
-- latency, tokens and cost, by the intent of the run. The most frequent names are kept.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH $drift_meant,
runs AS (
    SELECT toString(agent) AS who, trace_id, min(ts) AS began, $drift_number AS number,
        max(toString(agent_version)) AS version,
        (max(toUnixTimestamp64Nano(ts) + duration_ns) - toUnixTimestamp64Nano(began)) / 1000000 AS duration_ms,
        sum(input_tokens + output_tokens) AS tokens, sum(cost) AS paid, countIf(status = 'Error') AS failures,
        arrayMap(call -> call.3, arraySlice(arraySort(groupArrayIf(10000)(
            (ts, span_id, substringUTF8(tool, 1, 200)), operation = 'execute_tool' AND tool != '')), 1, 200)) AS path
    FROM steps FINAL
    WHERE tenant = {tenant:String} AND agent != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY agent, trace_id
    HAVING number IN {numbers:Array(Int32)}),
items AS (
    SELECT who, version, number, ifNull(meant.intent, '') AS meant_for,
        arrayFilter(item -> {lane:String} = 'day' OR item.1 IN ('volume', 'errors', 'cost'), arrayConcat(
            [('volume', ''), ('errors', if(failures > 0, 'failed', 'fine')), ('errors', ''),
                ('latency', toString(toInt32(floor(8 * log2(greatest(duration_ms, 0) + 1))))), ('latency', '')],
            if(tokens > 0, [('tokens', toString(toInt32(floor(8 * log2(tokens + 1))))), ('tokens', '')], []),
            if(paid IS NULL, [], [('cost', toString(toInt32(floor(8 * log2(1000000 * ifNull(paid, 0) + 1))))), ('cost', '')]),
            if(meant_for = '', [], [('intents', meant_for), ('intents', '')]),
            if(empty(path), [], [('tools', ''), ('transitions', ''), ('paths', ''), ('paths', arrayStringConcat(path, '\x1f'))]),
            arrayMap(tool -> ('tools', tool), path),
            if(empty(path), [], arrayMap((a, b) -> ('transitions', concat(a, ' -> ', b)),
                arrayPushFront(path, '^'), arrayPushBack(path, char(36)))))) AS said
    FROM runs LEFT JOIN meant USING (trace_id)),
counted AS (
    SELECT who, version, number, if(item.1 IN ('intents', 'volume'), '', meant_for) AS wish, item.1 AS metric, item.2 AS name, count() AS found
    FROM items ARRAY JOIN said AS item
    GROUP BY who, version, number, wish, metric, name)
$drift_finish
