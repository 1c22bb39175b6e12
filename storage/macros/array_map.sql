-- `attributes` whose values are scalars or arrays of scalars, as Map of text.
CAST(arrayMap((key, value) -> (key, multiIf($scalar_text, $array_text, $empty_text, '')),
    attributes.key, attributes.value), 'Map(LowCardinality(String), String)')
