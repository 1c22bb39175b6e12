-- What texts of spans received in [since, until) hold that analysis needs: to contents. Whose they are is
-- said by their steps, which know what is inherited.
INSERT INTO contents (tenant, received, retention_days, ts, seen_at, ended_at, trace_id, span_id, agent,
    conversation_id, case_id, operation, tool, offered, called, definitions_hash, instructions_hash, asked, seen, numbers, whole, members,
    arguments, words, word_count, figures, progress_done, says_loop, rows, total, found, ranked, revision)
SELECT tenant, received, retention_days, ts, ts + toIntervalNanosecond(if(is_call, duration_ns + 1, 0)) AS seen_at,
    ts + toIntervalNanosecond(duration_ns) AS ended_at,
    trace_id, span_id, agent, conversation_id, case_id, operation, tool,
    if(arrayExists(text -> $looks_cut, [definitions]), [], arrayDistinct(arrayConcat(
        extractAll(definitions, '"name": *"([^"]{1,128})"'), extractAll(tool_names, '[A-Za-z0-9_.:/-]{1,128}')))) AS offered,
    arrayDistinct(extractAll(if(is_call OR position(output, 'tool_call') = 0 AND position(output, 'tool_use') = 0, '', output),
        '"type": *"(?:tool_call|tool_use)"[^{}]*?"name": *"([^"]{1,128})"')) AS called,
    if(definitions = '', 0, cityHash64(definitions)) AS definitions_hash,
    if(instructions = '', 0, cityHash64(instructions)) AS instructions_hash,
    NOT is_call AND (input != '' OR instructions != '') AS asked,
    arrayMap(word -> cityHash64(word), arrayDistinct(extractAll(said, '[a-z]*[0-9][a-z0-9]*'))) AS seen,
    arraySlice(arrayDistinct(arrayMap(text -> toFloat64OrZero(replaceAll(text, ',', '')),
        extractAll(substring(said, 1, 2048), '[0-9][0-9,]*(?:[.][0-9]+)?'))), 1, 256) AS numbers,
    NOT (long OR arrayExists(text -> $looks_cut, [if(is_call, '', input), instructions, result])) AS whole,
    arraySlice(arrayFilter(member -> $names_thing, arrayMap(pair -> (lower(pair[1]), trim(BOTH '"' FROM pair[2])),
        extractAllGroupsVertical(if($may_name_thing, substring(arguments, 1, 8192), ''), '"([A-Za-z0-9_]+)"\\s*:\\s*("[^"\\\\]{1,80}"|-?[0-9]+(?:[.][0-9]+)?)'))), 1, 32) AS members,
    if(length(arguments) <= 8192 AND startsWith(arguments, '{') AND endsWith(arguments, '}'), arguments, '') AS arguments,
    arraySlice(arrayDistinct(arrayMap(word -> cityHash64(word), plain_words)), 1, 1024) AS words,
    length(plain_words) AS word_count,
    arrayMap(word -> cityHash64(word), arrayDistinct(arrayConcat(extractAll(lower(answered), '[a-z]*[0-9][a-z0-9]*'),
        extractAll(answered, '[a-z,:] ([A-Z][A-Za-z]+)')))) AS figures,
    progress_done,
    $says_loop AS says_loop,
    multiIf(result = '', -1, result IN ('[]', '{}', 'null', 'None', '""'), if(failed, -1, 0),
        startsWith(list, '['), toInt32(JSONLength(list)), -1) AS rows,
    if(position(result, '"total') = 0, -1, coalesce(JSONExtract(result, 'total', 'Nullable(Int64)'), JSONExtract(result, 'total_count', 'Nullable(Int64)'), -1)) AS total,
    if(rows < 2, [], arraySlice(arrayDistinct(extractAll(list, '"(?:id|[a-z_]+_id|ref|number)": *"?([A-Za-z0-9_:.#-]{2,64})')), 1, 64)) AS found,
    rows > 1 AND match(result, '"(?:score|rank|ranking|relevance|best_match|confidence|distance)":') AS ranked,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT step.*, text.*, operation = 'execute_tool' AS is_call, status = 'Error' AS failed,
        if(is_call, '', concat(input, '\n', instructions)) AS heard,
        if(is_call, arrayMap(wrapped -> $content_unwrapped, [wrapped_arguments])[1], '') AS arguments,
        if(is_call, arrayMap(wrapped -> $content_unwrapped, [wrapped_result])[1], '') AS result,
        lower(replaceAll(replaceAll(concat(heard, '\n', definitions, '\n', result), '\\n', ' '), '\\"', '"')) AS said,
        ['results', 'items', 'rows', 'data', 'records', 'hits', 'matches', 'documents'] AS lists,
        if(startsWith(result, '{'), multiSearchFirstIndex(result, ['"results"', '"items"', '"rows"', '"data"', '"records"', '"hits"',
            '"matches"', '"documents"']), 0) AS place,
        if(place = 0, result, JSONExtractRaw(result, lists[place])) AS list,
        if(is_call, '', answer) AS answered,
        splitByNonAlpha(lowerUTF8(answered)) AS plain_words
    FROM ($content_texts) AS text
    INNER JOIN (
        SELECT tenant, received, retention_days, ts, duration_ns, trace_id, span_id, agent, conversation_id, case_id, operation, tool,
            status, progress_done
        FROM steps FINAL
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    ) AS step USING (tenant, trace_id, span_id))
