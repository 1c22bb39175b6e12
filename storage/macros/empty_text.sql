-- Conditions and texts of a nested `value` that no column holds: what is not flattened is empty.
(value).value = 'array_value', '[]', (value).value = 'kvlist_value', '{}'
