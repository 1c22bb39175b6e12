-- The text of `expression` (a tool_expression) for a call with `arguments` and `result`: strings
-- without their quotes, other values as JSON, empty when absent.
arrayMap(raw -> multiIf(raw = '' OR raw = 'null', '',
        concat(if((expression).negative, '-', ''), if(startsWith(raw, '"'), JSONExtractString(raw), raw))),
    [if((expression).root = 'literal', (expression).text, arrayFold(
        (json, key) -> if(match(key, '^[0-9]+\\z') AND startsWith(json, '['), JSONExtractRaw(json, toUInt32(key) + 1), JSONExtractRaw(json, key)),
        (expression).path, multiIf((expression).root = 'args', arguments, (expression).root = 'result', result, '')))])[1]
