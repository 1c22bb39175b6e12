-- `wrapped`, the text of arguments or a result, out of what frameworks wrap around it: as [[unwrap]] of
-- aliases.toml, for analysis needs no more than what is in it. Few are wrapped, and to fold costs 2 us a text.
if(NOT multiSearchAny(wrapped, ['"input_str"', '"kwargs"', '"tool_name"', '"tool_call_id"', '"lc"', '[{"type": "text"',
        '[{"type":"text"', '[{"text"']), wrapped,
    arrayFold((text, wrapping) -> if(position(text, wrapping.1) = 0, text, arrayMap(
        raw -> if($unquoted = '', text, $unquoted), [arrayFold($json_step, wrapping.2, text)])[1]),
    [('"input_str"', ['inputs']), ('"kwargs"', ['kwargs']), ('"tool_name"', ['arguments']), ('"tool_call_id"', ['data', 'content']),
        ('"lc"', ['output', 'kwargs', 'content']), ('"tool_call_id"', ['output', 'content']), ('[{"type": "text"', ['0', 'text']),
        ('[{"type":"text"', ['0', 'text']), ('[{"text"', ['0', 'text'])], wrapped))
