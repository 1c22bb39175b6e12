-- Which identifiers and amounts in arguments stood in nothing that came before in the conversation: no
-- prompt, instruction, definition, result or answer of another agent? Amounts may be the sum, difference, product or share of two
-- that did. Only where what came before was recorded whole.
WITH $touched_contents,
talks AS (
    SELECT tenant, trace_id, max(conversation_id) AS conversation FROM told GROUP BY tenant, trace_id),
wide AS (
    SELECT *, if(conversation = '', trace_id, conversation) AS talk FROM (
        SELECT c.*, talks.conversation AS conversation FROM told AS c INNER JOIN talks USING (tenant, trace_id)
        UNION ALL
        SELECT c.*, c.conversation_id AS conversation FROM contents AS c FINAL
        WHERE c.conversation_id != '' AND (tenant, conversation_id) IN (SELECT tenant, conversation FROM talks)
            AND (tenant, trace_id) NOT IN (SELECT tenant, trace_id FROM touched))),
calls AS (
    SELECT tenant, talk, trace_id, span_id, agent, case_id, tool, ts, member.1 AS key, member.2 AS value,
        match(value, '^-?[0-9]+(?:[.][0-9]+)?\z') AND match(key, '(?:amount|price|cost|fee|refund|payment|balance|credit)\z') AS is_amount,
        arrayMap(word -> cityHash64(word), arrayDistinct(extractAll(lower(value), '[a-z]*[0-9][a-z0-9]*'))) AS atoms
    FROM wide ARRAY JOIN members AS member WHERE operation = 'execute_tool'),
atoms AS (SELECT *, arrayJoin(atoms) AS atom FROM calls),
heard AS (
    SELECT tenant, talk, atom, min(seen_at) AS heard_at FROM wide ARRAY JOIN seen AS atom
    WHERE (tenant, talk, atom) IN (SELECT tenant, talk, atom FROM atoms) GROUP BY tenant, talk, atom),
answered AS (
    SELECT tenant, talk, atom, groupUniqArray(16)((toString(agent), ended_at)) AS answers FROM wide ARRAY JOIN figures AS atom
    WHERE (tenant, talk, atom) IN (SELECT tenant, talk, atom FROM atoms) GROUP BY tenant, talk, atom),
known AS (
    SELECT tenant, talk, toInt64(countIf(notEmpty(seen))) AS sources, minIf(seen_at, asked) AS asked_at, minIf(ts, NOT whole) AS cut_at, countIf(NOT whole) AS cut
    FROM wide WHERE (tenant, talk) IN (SELECT tenant, talk FROM calls) GROUP BY tenant, talk),
numbers_seen AS (
    SELECT tenant, talk, arraySort(groupArray(512)((number_at, number))) AS told_numbers FROM (
        SELECT tenant, talk, number, min(seen_at) AS number_at FROM wide ARRAY JOIN numbers AS number
        WHERE (tenant, talk) IN (SELECT tenant, talk FROM calls WHERE is_amount) GROUP BY tenant, talk, number ORDER BY number_at)
    GROUP BY tenant, talk)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(span_id, ':', key) AS anchor, [agent_name] AS agents, case_id,
    ts AS first_ts, ts AS last_ts, [(trace_id, span_id, 'violation')] AS evidence, 'explicit' AS origin,
    if(agent = '', 'an agent', toString(agent)) AS agent_name, tool, key, value, sources
FROM (
    SELECT * FROM atoms
    LEFT JOIN heard USING (tenant, talk, atom)
    LEFT JOIN answered USING (tenant, talk, atom)
    WHERE NOT (heard_at > toDateTime64(0, 9) AND heard_at <= ts)
        AND NOT arrayExists(one -> one.1 != agent AND one.2 <= ts, answers)) AS unheard
INNER JOIN known USING (tenant, talk)
LEFT JOIN numbers_seen USING (tenant, talk)
WHERE asked_at <= ts AND asked_at > toDateTime64(0, 9) AND (cut = 0 OR cut_at > ts)
    AND (NOT is_amount OR arrayAll((amount, figures) -> NOT has(figures, amount)
        AND NOT arrayExists(a -> arrayExists(b -> $derived_amount, figures), figures),
        [abs(toFloat64OrZero(value))], [arrayMap(one -> one.2, arrayFilter(one -> one.1 <= ts, told_numbers))]))
ORDER BY first_ts, span_id
LIMIT 1 BY tenant, trace_id, tool, key, value
