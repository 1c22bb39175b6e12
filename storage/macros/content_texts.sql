-- The texts of spans that have some, by what they are. answer: what the model said, without calls of
-- tools and without what is a structure and no sentence. long: more than is looked at.
SELECT * EXCEPT (attributes, every_input, every_definition, by_kind, kinds, texts),
    if(length(every_input) <= 16384, every_input, concat(substring(every_input, 1, 8192), ' ', substring(every_input, -8192))) AS input,
    length(every_input) > 16384 OR length(instructions) > 65536 AS long,
    if(startsWith(every_definition, '[\"{'), replaceAll(every_definition, '\\"', '"'), every_definition) AS definitions,
    if(by_kind[9] != '', by_kind[9], by_kind[10]) AS worded,
    if(startsWith(worded, '[{"role"'), arrayStringConcat(arrayFlatten(arrayMap(message -> arrayMap(part -> part.2,
            arrayFilter(part -> part.1 = 'text', message.2)), JSONExtract(worded,
            'Array(Tuple(role String, parts Array(Tuple(type String, content String))))'))), '\n'), worded) AS spoken,
    if(match(trimLeft(spoken), '^(?:```json)?\\s*[\\[{]'), '', substring(if(position(spoken, '[tool_call ') = 0, spoken,
        replaceRegexpAll(spoken, '\\[tool_call [^\n]*', '')), 1, 4096)) AS answer,
    arrayFirst(text -> text != '', [if(by_openinference, attributes['input.value'], ''), by_kind[7], attributes['traceloop.entity.input'],
        attributes['gen_ai.prompt'], told_arguments]) AS wrapped_arguments,
    arrayFirst(text -> text != '', [if(by_openinference, attributes['output.value'], ''), by_kind[8], attributes['traceloop.entity.output'],
        attributes['gen_ai.completion'], told_result]) AS wrapped_result
FROM (
    SELECT Tenant AS tenant, TraceId AS trace_id, SpanId AS span_id, SpanAttributes AS attributes,
        arrayMap((key, text) -> if(text = '', '', $content_kind), mapKeys(attributes), mapValues(attributes)) AS kinds,
        arrayMap(wanted -> if(has(kinds, wanted), arrayStringConcat(arrayFilter((text, kind) -> kind = wanted, mapValues(attributes), kinds), '\n'), ''), ['i', 'o', 's', 'd', 'n', 'w']) AS joined,
        mapValues(attributes) AS texts,
        arrayConcat(joined, [texts[indexOf(kinds, 'a')], texts[indexOf(kinds, 'r')], texts[indexOf(kinds, 'w')], texts[indexOf(kinds, 'o')]]) AS by_kind,
        if(by_kind[1] != '' OR empty(Events.Name), by_kind[1], Events.Attributes[indexOf(Events.Name,
            'gen_ai.client.inference.operation.details')]['gen_ai.input.messages']) AS every_input,
        concat(by_kind[6], by_kind[2]) AS output, by_kind[3] AS instructions, by_kind[4] AS every_definition, by_kind[5] AS tool_names,
        attributes['openinference.span.kind'] IN ('TOOL', 'AGENT') AS by_openinference,
        if(empty(Events.Name), '', Events.Attributes[indexOf(Events.Name, 'gen_ai.tool.message')]['content']) AS told_arguments,
        if(empty(Events.Name), '', coalesce(nullIf(Events.Attributes[indexOf(Events.Name, 'gen_ai.choice')]['message'], ''),
            Events.Attributes[indexOf(Events.Name, 'tool.output')]['output'])) AS told_result
    FROM otel_traces$local
    WHERE $range_of_receipt AND $has_content)
