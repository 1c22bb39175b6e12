-- The texts of spans that have some, by what they are. answer: what the model said, without calls of
-- tools and without what is a structure and no sentence. long: more than is looked at.
SELECT * EXCEPT (attributes, said_to_model, every_input, every_definition, kinds, present, texts, a_words, a_other),
    if(length(every_input) <= 16384, every_input, concat(substring(every_input, 1, 8192), ' ', substring(every_input, -8192))) AS input,
    length(every_input) > 16384 OR length(instructions) > 65536 AS long,
    if(startsWith(every_definition, '[\"{'), replaceAll(every_definition, '\\"', '"'), every_definition) AS definitions,
    if(a_words != '', a_words, a_other) AS worded,
    if(startsWith(worded, '[{"role"'), arrayStringConcat(arrayFlatten(arrayMap(message -> arrayMap(part -> part.2,
            arrayFilter(part -> part.1 = 'text', message.2)), JSONExtract(worded,
            'Array(Tuple(role String, parts Array(Tuple(type String, content String))))'))), '\n'), worded) AS spoken,
    if(match(trimLeft(spoken), '^(?:```json)?\\s*[\\[{]'), '', substring(if(position(spoken, '[tool_call ') = 0, spoken,
        replaceRegexpAll(spoken, '\\[tool_call [^\n]*', '')), 1, 4096)) AS answer,
    arrayFirst(text -> text != '', [if(by_openinference, attributes['input.value'], ''), texts[indexOf(kinds, 'a')], attributes['traceloop.entity.input'],
        attributes['gen_ai.prompt'], told_arguments]) AS wrapped_arguments,
    arrayFirst(text -> text != '', [if(by_openinference, attributes['output.value'], ''), texts[indexOf(kinds, 'r')], attributes['traceloop.entity.output'],
        attributes['gen_ai.completion'], told_result]) AS wrapped_result
FROM (
    SELECT Tenant AS tenant, TraceId AS trace_id, SpanId AS span_id, SpanAttributes AS attributes,
        arrayMap((key, text) -> if(text = '', '', $content_kind), mapKeys(attributes), mapValues(attributes)) AS kinds,
        -- Of one letter each: what is not there is not looked for again.
        arrayStringConcat(kinds) AS present, mapValues(attributes) AS texts,
        texts[indexOf(kinds, 'w')] AS a_words, texts[indexOf(kinds, 'o')] AS a_other,
        if(position(present, 'i') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 'i', texts, kinds), '\n')) AS said_to_model,
        if(said_to_model != '' OR empty(Events.Name), said_to_model, Events.Attributes[indexOf(Events.Name,
            'gen_ai.client.inference.operation.details')]['gen_ai.input.messages']) AS every_input,
        concat(if(position(present, 'w') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 'w', texts, kinds), '\n')),
            if(position(present, 'o') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 'o', texts, kinds), '\n'))) AS output,
        if(position(present, 's') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 's', texts, kinds), '\n')) AS instructions,
        if(position(present, 'd') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 'd', texts, kinds), '\n')) AS every_definition,
        if(position(present, 'n') = 0, '', arrayStringConcat(arrayFilter((text, kind) -> kind = 'n', texts, kinds), '\n')) AS tool_names,
        attributes['openinference.span.kind'] IN ('TOOL', 'AGENT') AS by_openinference,
        if(empty(Events.Name), '', Events.Attributes[indexOf(Events.Name, 'gen_ai.tool.message')]['content']) AS told_arguments,
        if(empty(Events.Name), '', coalesce(nullIf(Events.Attributes[indexOf(Events.Name, 'gen_ai.choice')]['message'], ''),
            Events.Attributes[indexOf(Events.Name, 'tool.output')]['output'])) AS told_result
    FROM otel_traces$local
    WHERE $range_of_receipt AND $has_content)
