-- Attributes whose values are scalars (events, links).
Array(Tuple(key String, value Tuple($scalar_columns)))
