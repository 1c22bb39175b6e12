-- Attributes whose values are scalars, arrays of scalars, or maps of keys without a value (spans, log
-- records, scopes): no other is nested so little that it is not text by then.
Array(Tuple(key String, value Tuple(
    array_value Tuple(values Array(Tuple($scalar_columns))),
    kvlist_value Tuple(values Array(Tuple(key String))), $scalar_columns)))
