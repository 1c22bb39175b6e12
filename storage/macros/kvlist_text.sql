-- Condition and JSON text of a map of scalars, for multiIf.
(value).value = 'kvlist_value', concat('{', arrayStringConcat(
        arrayMap((key, item) -> concat(toJSONString(key), ':', $scalar_json),
            (value).kvlist_value.values.key, (value).kvlist_value.values.value), ','), '}')
