-- Condition and JSON text of an array of scalars, for multiIf.
(value).value = 'array_value', concat('[', arrayStringConcat(
        arrayMap(item -> $scalar_json, (value).array_value.values), ','), ']')
