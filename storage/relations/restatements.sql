-- In which runs does an agent say the same again, plan the same again, or say itself that it goes round?
-- Of six messages in a row those count that an earlier one of the six resembles with few numbers or names
-- that are new; plans resemble each other more and stand still besides. said_s in s.
-- Touched by contents.
-- Needs answers.
WITH $touched_contents,
looked AS (
    SELECT DISTINCT tenant, trace_id FROM contents
    WHERE $of_touched AND operation IN ('chat', 'text_completion', 'generate_content', 'invoke_agent', 'plan') AND (word_count >= {words_min:Int64} OR says_loop))
SELECT tenant, concat('trace:', trace_id) AS lane, span_ids[first] AS anchor, [agent_name] AS agents, case_id,
    times[first] AS first_ts, times[last] AS last_ts,
    arrayMap(i -> (trace_id, span_ids[i], if(i = last, 'violation', 'cause')), arrayDistinct([first, second, last])) AS evidence,
    'explicit' AS origin, agent_name AS agent, way, repeats, length(span_ids) AS messages, own_word,
    dateDiff('second', first_ts, last_ts) AS said_s,
    multiIf(way = 'said', 'its own ledger says that it is in a loop', way = 'planned', 'made the same plan again without progress',
        'said the same again in other messages') AS what
FROM (
    SELECT *, turns.1 AS times, turns.2 AS span_ids, turns.3 AS words, turns.4 AS figures, turns.5 AS progress, turns.6 AS says,
        if(agent = '', 'an agent', agent) AS agent_name, operation = 'plan' AS plans,
        arrayMap(i -> arrayLast(j -> j < i AND j >= i - 5 AND arrayCount(one -> NOT has(figures[j], one), figures[i]) <= {news_max:Float64} * length(figures[i])
            AND (NOT plans OR progress[j] = progress[i])
            AND length(words[i]) >= 0.7 * length(words[j]) AND length(words[j]) >= 0.7 * length(words[i])
            AND length(arrayIntersect(words[i], words[j])) >= if(plans, {plan_jaccard_min:Float64}, {jaccard_min:Float64})
                * (length(words[i]) + length(words[j]) - length(arrayIntersect(words[i], words[j]))),
            range(greatest(1, i - 5), i)), arrayEnumerate(span_ids)) AS near,
        arrayFirst(i -> arrayCount(m -> near[m] >= greatest(1, i - 5) AND near[m] > 0, range(greatest(1, i - 5), toInt64(i + 1)))
            >= if(plans, 2, {repeats_min:Int64}), arrayEnumerate(span_ids)) AS over,
        indexOf(says, true) AS own,
        multiIf(own > 0, 'said', over > 0 AND plans, 'planned', over > 0, 'restated', '') AS way,
        multiIf(own > 0, toInt64(own), over > 0, arrayFirst(m -> near[m] > 0, range(greatest(1, over - 5), toInt64(over + 1))), 0) AS last_first,
        own > 0 AS own_word,
        toUInt64(if(own > 0, own, near[last_first])) AS first,
        toUInt64(last_first) AS second,
        if(own > 0, toUInt64(own), toUInt64(over)) AS last,
        toInt64(if(own > 0, arrayCount(one -> one, says), arrayCount(one -> one > 0, near))) AS repeats
    FROM (
        SELECT tenant, trace_id, agent, operation, max(case_id) AS case_id,
            arraySort(groupArray((ts, span_id, words, figures, progress_done, says_loop))) AS turns
        FROM told
        WHERE operation IN ('chat', 'text_completion', 'generate_content', 'invoke_agent', 'plan') AND (word_count >= {words_min:Int64} OR says_loop)
        GROUP BY tenant, trace_id, agent, operation
        HAVING count() > 2 OR max(says_loop)))
WHERE way != ''
