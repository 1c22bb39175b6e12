-- An AnyValue that is a scalar, an array of scalars or a map of scalars.
Tuple(array_value Tuple(values Array(Tuple($scalar_columns))),
    kvlist_value Tuple(values $scalar_attributes), $scalar_columns)
