-- Which identifiers and amounts in arguments stood in nothing that came before in the conversation: no
-- prompt, instruction, definition, result or answer of another agent? Amounts may be the sum, difference, product or share of two
-- that did. Only where what came before was recorded whole. Runs without such arguments are not read.
-- Touched by contents.
-- Needs members.
WITH
    talks AS (
        SELECT tenant, trace_id, max(conversation_id) AS conversation FROM contents
        WHERE (tenant, trace_id) IN (
            SELECT tenant, trace_id FROM contents WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')})
        GROUP BY tenant, trace_id HAVING max(notEmpty(members)))
SELECT tenant, concat('trace:', trace_id) AS lane, concat(span_id, ':', key) AS anchor, [agent_name] AS agents, case_id,
    ts AS first_ts, ts AS last_ts, [(trace_id, span_id, 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', agent) AS agent_name, tool, key, value, sources
FROM (
    SELECT tenant, call.1 AS trace_id, call.2 AS span_id, call.3 AS agent, call.4 AS case_id, call.5 AS tool, call.6 AS ts,
        member.1 AS key, member.2 AS value, toInt64(sources) AS sources,
        match(value, '^-?[0-9]+(?:[.][0-9]+)?\z') AND match(key, '(?:amount|price|cost|fee|refund|payment|balance|credit)\z') AS is_amount,
        if(is_amount, arraySlice(arrayDistinct(arrayMap(one -> one.2, arrayFilter(one -> one.1 <= ts, told_numbers))), 1, 512), []) AS figures,
        abs(toFloat64OrZero(value)) AS amount
    FROM (
        SELECT tenant, talk,
            groupArrayIf((trace_id, span_id, toString(agent), case_id, toString(tool), ts, members), mine AND notEmpty(atoms)) AS calls,
            groupArrayIf((seen_at, arrayIntersect(seen, wanted)), hasAny(seen, wanted)) AS heard,
            groupArrayIf((toString(agent), ended_at, arrayIntersect(figures, wanted)), hasAny(figures, wanted)) AS answers,
            countIf(notEmpty(seen)) AS sources, minIf(seen_at, asked) AS asked_at, minIf(ts, NOT whole) AS cut_at, countIf(NOT whole) AS cut,
            arraySort(groupUniqArrayArray(2048)(arrayMap(number -> (seen_at, number), numbers))) AS told_numbers
        FROM (
            SELECT *, groupUniqArrayArray(atoms) OVER (PARTITION BY tenant, talk) AS wanted FROM (
                SELECT *, if(mine, arrayFlatten(arrayMap(member -> $atoms_of_member, members)), []) AS atoms FROM (
                    SELECT c.*, true AS mine, if(talks.conversation = '', trace_id, talks.conversation) AS talk
                    FROM contents AS c FINAL INNER JOIN talks USING (tenant, trace_id)
                    WHERE (tenant, trace_id) IN (SELECT tenant, trace_id FROM talks)
                    UNION ALL
                    SELECT c.*, false AS mine, c.conversation_id AS talk FROM contents AS c FINAL
                    WHERE c.conversation_id != '' AND (tenant, conversation_id) IN (SELECT tenant, conversation FROM talks)
                        AND (tenant, trace_id) NOT IN (SELECT tenant, trace_id FROM talks))))
        GROUP BY tenant, talk)
    ARRAY JOIN calls AS call
    ARRAY JOIN call.7 AS member
    WHERE asked_at <= ts AND asked_at > toDateTime64(0, 9) AND (cut = 0 OR cut_at > ts)
        AND arrayExists(atom -> NOT arrayExists(one -> one.1 <= ts AND has(one.2, atom), heard)
            AND NOT arrayExists(one -> one.1 != agent AND one.2 <= ts AND has(one.3, atom), answers), $atoms_of_member))
WHERE NOT is_amount OR NOT has(figures, amount) AND NOT arrayExists(a -> arrayExists(b -> $derived_amount, figures), figures)
ORDER BY first_ts, span_id
LIMIT 1 BY tenant, trace_id, tool, key, value
