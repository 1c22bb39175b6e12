-- Attributes whose values are scalars or arrays of scalars (spans, log records, scopes).
Array(Tuple(key String, value Tuple(
    array_value Tuple(values Array(Tuple($scalar_columns))), $scalar_columns)))
