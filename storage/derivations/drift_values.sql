-- Which numbers tools were called with in the windows `numbers`, to drift_windows: of each agent's arguments_max most
-- frequent arguments, a histogram of eight bins an octave on either side of 0. Of calls whose arguments were kept whole
-- when texts were looked at, at most 30 of each; what is named like an id, a time or a place in a list is no quantity.
INSERT INTO drift_windows (tenant, lane, metric, agent, version, number, window_start, window_end, traces, intents,
    intent_traces, names, counts, revision)
WITH called AS (
    SELECT toString(agent) AS who, ts AS began, $drift_number AS number, trace_id,
        JSONExtractKeysAndValuesRaw(arguments) AS members,
        arrayJoin(arraySlice(arrayFilter(
            one -> isFinite(ifNull(one.2, inf)) AND NOT match(one.1, '(?i)(^|[^a-z])(ids?|no|nr|number|time|timestamp|ts|date|day|month|year|epoch|seed|nonce|offset|page|cursor|index|version|phone|zip|postcode|account|pin|code)\\z')
                AND NOT match(one.1, '[a-z](Ids?|ID|Number|Time|Timestamp|Date)\\z'),
            arrayMap(member -> (substringUTF8(member.1, 1, 100), toFloat64OrNull(member.2)), arrayConcat(members,
                arrayFlatten(arrayMap(outer -> arrayMap(inner -> (concat(outer.1, '.', inner.1), inner.2),
                    JSONExtractKeysAndValuesRaw(outer.2)), members))))), 1, 30)) AS given,
        concat(substringUTF8(tool, 1, 80), ' ', given.1) AS argument, ifNull(given.2, 0) AS value,
        toInt32(sign(value) * least(floor(8 * log2(abs(value) + 1)), 512)) AS bin
    FROM contents FINAL
    WHERE tenant = {tenant:String} AND agent != '' AND tool != '' AND arguments != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
        AND number IN {numbers:Array(Int32)}),
binned AS (
    SELECT who, number, argument, bin, count() AS here, sum(here) OVER (PARTITION BY who, number, argument) AS whole
    FROM called GROUP BY who, number, argument, bin),
ranked AS (
    SELECT *, dense_rank() OVER (PARTITION BY who, number ORDER BY whole DESC, argument) AS place FROM binned),
counted AS (
    SELECT who, '' AS version, number, '' AS wish, 'argument_values' AS metric,
        concat(argument, ' -> ', toString(bin)) AS name, here AS found
    FROM ranked WHERE place <= {arguments_max:UInt32}
    UNION ALL
    SELECT who, '' AS version, number, '' AS wish, 'argument_values' AS metric, '' AS name, uniqExact(trace_id) AS found
    FROM called GROUP BY who, number)
$drift_finish
