-- `attributes` whose values are scalars, arrays of scalars or maps of keys alone, as Map of text.
CAST(arrayMap((key, value) -> (key, multiIf($scalar_text, $array_text, $keys_text, '')),
    (attributes).key, (attributes).value), 'Map(LowCardinality(String), String)')
