-- Whether the definitions in `text` say what a result of one of the tools looks like.
multiSearchAny(text, ['"outputSchema"', '"output_schema"', '"return_schema"', '"response_json_schema"'])
