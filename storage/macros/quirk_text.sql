-- What `rule` says of a quirky span: the text of its key, at its path, out of its wrappings.
arrayFold((text, wrapping) -> if(position(text, wrapping.1) = 0, text, arrayMap(
        raw -> if($unquoted = '', text, $unquoted), [arrayFold($json_step, wrapping.2, text)])[1]),
    rule.7, arrayMap(raw -> if(empty(rule.6), raw, $unquoted), [arrayFold($json_step, rule.6,
        if(rule.3 > 0, pseudo[rule.3], texts[indexOf(numbers, rule.2)]))])[1])
