-- The operation: none for spans that repeat another; what the span says; else by its name.
multiIf(name IN $names_repeated, '', known_operation != '', known_operation, transform(lower(name), $map_span_name, ''))
