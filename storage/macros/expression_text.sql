-- The text of `expression` (a tool_expression) for a call with `arguments` and `result`: strings
-- without their quotes, other values as JSON, empty when absent.
arrayMap(raw -> if($unquoted = '', '', concat(if((expression).negative, '-', ''), $unquoted)),
    [if((expression).root = 'literal', (expression).text, arrayFold($json_step, (expression).path,
        multiIf((expression).root = 'args', arguments, (expression).root = 'result', result, '')))])[1]
