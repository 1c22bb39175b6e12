-- `text`, out of the structure of messages around it where it has one, cut to what is looked at.
substringUTF8(arrayMap(spoken -> if(spoken != '', spoken, replaceAll(replaceAll(text, '\\n', ' '), '\\"', '"')),
    [if(startsWith(text, '[{"role"'), arrayStringConcat(arrayFlatten(arrayMap(message -> arrayMap(part -> part.2,
        arrayFilter(part -> part.1 = 'text', message.2)), JSONExtract(text,
        'Array(Tuple(role String, parts Array(Tuple(type String, content String))))'))), '\n'), '')])[1], 1, 16384)
