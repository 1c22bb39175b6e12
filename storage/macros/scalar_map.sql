-- `attributes` whose values are scalars, as Map of text.
CAST(arrayMap((key, value) -> (key, multiIf($scalar_text, $empty_text, '')),
    (attributes).key, (attributes).value), 'Map(LowCardinality(String), String)')
