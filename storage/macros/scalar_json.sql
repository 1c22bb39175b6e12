-- The JSON text of the scalar AnyValue `item`, inside an array or a map.
multiIf((item).value = 'string_value', toJSONString((item).string_value),
    (item).value = 'int_value', toString((item).int_value),
    (item).value = 'double_value', if(isFinite((item).double_value), toString((item).double_value), 'null'),
    (item).value = 'bool_value', if((item).bool_value, 'true', 'false'),
    (item).value = 'bytes_value', toJSONString(base64Encode((item).bytes_value)),
    (item).value = 'array_value', '[]', (item).value = 'kvlist_value', '{}',
    'null')
