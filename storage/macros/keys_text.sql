-- Condition and JSON text of a map whose keys have no values, for multiIf.
(value).value = 'kvlist_value', concat('{', arrayStringConcat(
        arrayMap(key -> concat(toJSONString(key), ':null'), (value).kvlist_value.values.key), ','), '}')
