-- The texts of `list`, which is a JSON array, one text, or empty.
multiIf(list = '', [], startsWith(list, '['), JSONExtract(list, 'Array(String)'), [list])
