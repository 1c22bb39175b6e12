-- The numbers among `attributes`, as Map of Float64; booleans as 0 and 1.
CAST(arrayMap((key, value) -> (key, multiIf((value).value = 'int_value', toFloat64((value).int_value),
        (value).value = 'double_value', (value).double_value, toFloat64((value).bool_value))),
    arrayFilter(kv -> (kv).value.value IN ('bool_value', 'int_value', 'double_value'), attributes).key,
    arrayFilter(kv -> (kv).value.value IN ('bool_value', 'int_value', 'double_value'), attributes).value),
    'Map(LowCardinality(String), Float64)')
