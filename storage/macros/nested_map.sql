-- `attributes` whose values are scalars, arrays of scalars or maps of scalars, as Map of text.
CAST(arrayMap((key, value) -> (key, multiIf($scalar_text, $array_text, $kvlist_text, '')),
    (attributes).key, (attributes).value), 'Map(LowCardinality(String), String)')
