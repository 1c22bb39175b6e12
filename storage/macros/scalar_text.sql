-- Conditions and texts of the scalar AnyValue `value`, for multiIf: spelled as upstream's AsString().
(value).value = 'string_value', (value).string_value,
    (value).value = 'int_value', toString((value).int_value),
    (value).value = 'double_value', toString((value).double_value),
    (value).value = 'bool_value', if((value).bool_value, 'true', 'false'),
    (value).value = 'bytes_value', base64Encode((value).bytes_value)
