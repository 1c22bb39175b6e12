"""Which protobuf request does a body of OTLP JSON stand for?"""

# Rules: OTLP specification 1.11, "JSON Protobuf Encoding"; where it is silent, the ProtoJSON
# format of protobuf. `google.protobuf.json_format` cannot be used: it takes base64 ids,
# snake_case keys and names of enum values, all of which OTLP forbids.
# One walk serves every signal: a message's descriptor yields, once, a table from JSON key to the
# function that stores that field. Error texts name the path and what is expected, never content.

import base64
import binascii
import json
import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NoReturn, TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.errors import InvalidInput

_Request = TypeVar("_Request", bound=Message)
_Read = Callable[[object], object]
_Store = Callable[[Message, object, int], None]

# upb parses no message that lies deeper under the request than this.
_NESTED_MESSAGES_MAX = 100
_TOO_DEEP = f"expected at most {_NESTED_MESSAGES_MAX} nested messages"

# "Hex encoding is used for traceId and spanId fields in all OTLP Protobuf messages."
_HEX_FIELDS = frozenset({"trace_id", "span_id", "parent_span_id"})

# A number in a string is written as JSON writes numbers. Longer than any double's full expansion
# is refused before it is converted.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NUMBER_CHARS_MAX = 1100
_INTEGER_CHARS_MAX = 20

_SPECIAL_DOUBLES = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_TO_STANDARD_BASE64 = str.maketrans("-_", "+/")


def decode_traces(body: bytes) -> ExportTraceServiceRequest:
    """Raises InvalidInput, with the path of the wrong field; an empty body is an empty request."""
    return _decode(body, ExportTraceServiceRequest())


def decode_logs(body: bytes) -> ExportLogsServiceRequest:
    """Raises InvalidInput, with the path of the wrong field; an empty body is an empty request."""
    return _decode(body, ExportLogsServiceRequest())


def decode_metrics(body: bytes) -> ExportMetricsServiceRequest:
    """Raises InvalidInput, with the path of the wrong field; an empty body is an empty request."""
    return _decode(body, ExportMetricsServiceRequest())


class _Mismatch(Exception):
    """A value that its field cannot take; the path grows while the error unwinds."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.path = ""


def _decode(body: bytes, request: _Request) -> _Request:
    try:
        if body:
            _fill(request, _parsed(body), 0)
    except _Mismatch as wrong:
        raise InvalidInput(f"{wrong.path[1:] or 'request body'}: {wrong.expected}") from None
    except RecursionError:
        raise InvalidInput(f"request body: {_TOO_DEEP}") from None
    return request


def _parsed(body: bytes) -> object:
    try:
        return _JSON.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidInput(f"request body: expected UTF-8, byte {error.start} is not") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"request body: not JSON, {error.msg} (at {error.pos})") from None
    except ValueError:
        # Python converts no integer of more than 4300 digits, because that takes quadratic time.
        raise InvalidInput("request body: a number has more digits than any field") from None


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"request body: not JSON, {name} must be a string")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)


def _fill(message: Message, source: object, depth: int) -> None:
    if type(source) is not dict:
        raise _Mismatch("expected an object")
    if depth > _NESTED_MESSAGES_MAX:
        raise _Mismatch(_TOO_DEEP)
    stores = _stores(message.DESCRIPTOR)
    key = ""
    try:
        for key, value in source.items():
            if value is not None and (store := stores.get(key)):
                store(message, value, depth)
    except _Mismatch as wrong:
        wrong.path = f".{key}{wrong.path}"
        raise


@cache
def _stores(descriptor: Descriptor) -> dict[str, _Store]:
    return {field.json_name: _store_of(field) for field in descriptor.fields}


def _store_of(field: FieldDescriptor) -> _Store:
    if field.message_type is not None:
        store = _messages(field.name) if field.is_repeated else _message(field.name)
    elif field.is_repeated:
        store = _scalars(field.name, _reader(field))
    else:
        store = _scalar(field.name, _reader(field))
    if field.containing_oneof is None:
        return store
    return _alone(field.containing_oneof.name, store)


def _message(name: str) -> _Store:
    def store(message: Message, value: object, depth: int) -> None:
        child: Message = getattr(message, name)
        child.SetInParent()
        _fill(child, value, depth + 1)

    return store


def _messages(name: str) -> _Store:
    def store(message: Message, value: object, depth: int) -> None:
        children = getattr(message, name)
        _each(value, lambda item: _fill(children.add(), item, depth + 1))

    return store


def _scalar(name: str, read: _Read) -> _Store:
    def store(message: Message, value: object, depth: int) -> None:
        setattr(message, name, read(value))

    return store


def _scalars(name: str, read: _Read) -> _Store:
    def store(message: Message, value: object, depth: int) -> None:
        scalars = getattr(message, name)
        _each(value, lambda item: scalars.append(read(item)))

    return store


def _each(value: object, take: Callable[[object], Any]) -> None:
    if type(value) is not list:
        raise _Mismatch("expected a list")
    index = 0
    try:
        for index, item in enumerate(value):  # noqa: B007 - the except clause reads it
            take(item)
    except _Mismatch as wrong:
        wrong.path = f"[{index}]{wrong.path}"
        raise


def _alone(oneof: str, store: _Store) -> _Store:
    def store_alone(message: Message, value: object, depth: int) -> None:
        if (other := message.WhichOneof(oneof)) is not None:
            rival = message.DESCRIPTOR.fields_by_name[other].json_name
            raise _Mismatch(f"expected only one of the fields of '{oneof}', {rival} is set too")
        store(message, value, depth)

    return store_alone


def _reader(field: FieldDescriptor) -> _Read:
    if field.name in _HEX_FIELDS:
        return _hex
    return _READERS[field.type]


def _integer(low: int, high: int) -> _Read:
    expected = f"expected an integer from {low} to {high}, as a number or a decimal string"

    def read(value: object) -> int:
        number = _number(value) if type(value) is str else value
        if type(number) is float and number.is_integer():
            number = int(number)
        if type(number) is int and low <= number <= high:
            return number
        raise _Mismatch(expected)

    return read


def _enum(value: object) -> int:
    # Values that this version of OTLP does not name are kept: proto3 enums are open.
    if type(value) is int and -(2**31) <= value < 2**31:
        return value
    raise _Mismatch("expected the integer of an enum value, its name is not allowed")


def _double(value: object) -> float:
    if type(value) is str and value in _SPECIAL_DOUBLES:
        return _SPECIAL_DOUBLES[value]
    number = _number(value) if type(value) is str else value
    if type(number) is int:
        number = _nearest_double(number)
    if type(number) is float and math.isfinite(number):
        return number
    raise _Mismatch(
        "expected a number that fits a double, as a number or a string,"
        ' or "NaN", "Infinity", "-Infinity"'
    )


def _nearest_double(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


def _number(text: str) -> int | float | None:
    if len(text) > _NUMBER_CHARS_MAX or not (match := _NUMBER.fullmatch(text)):
        return None
    if match.lastindex is None and len(text) <= _INTEGER_CHARS_MAX:
        return int(text)
    return float(text)


def _bool(value: object) -> bool:
    if type(value) is bool:
        return value
    raise _Mismatch("expected true or false")


def _string(value: object) -> str:
    if type(value) is not str:
        raise _Mismatch("expected a string")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _Mismatch("expected a string without unpaired surrogates") from None
    return value


def _hex(value: object) -> bytes:
    if type(value) is str:
        try:
            return binascii.unhexlify(value)
        except ValueError:
            pass
    raise _Mismatch("expected a string of hexadecimal digits, two for each byte")


def _base64(value: object) -> bytes:
    if type(value) is str:
        digits = value.rstrip("=")
        padding = "=" * (-len(digits) % 4)
        if value in (digits, digits + padding):
            try:
                standard = digits.translate(_TO_STANDARD_BASE64) + padding
                return base64.b64decode(standard, validate=True)
            except ValueError:
                pass
    raise _Mismatch("expected a base64 string")


# Types that OTLP does not use (float, group) are left out; a test walks all requests.
_READERS: dict[int, _Read] = {
    FieldDescriptor.TYPE_DOUBLE: _double,
    FieldDescriptor.TYPE_INT32: _integer(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_SINT32: _integer(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_SFIXED32: _integer(-(2**31), 2**31 - 1),
    FieldDescriptor.TYPE_UINT32: _integer(0, 2**32 - 1),
    FieldDescriptor.TYPE_FIXED32: _integer(0, 2**32 - 1),
    FieldDescriptor.TYPE_INT64: _integer(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SINT64: _integer(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_SFIXED64: _integer(-(2**63), 2**63 - 1),
    FieldDescriptor.TYPE_UINT64: _integer(0, 2**64 - 1),
    FieldDescriptor.TYPE_FIXED64: _integer(0, 2**64 - 1),
    FieldDescriptor.TYPE_BOOL: _bool,
    FieldDescriptor.TYPE_ENUM: _enum,
    FieldDescriptor.TYPE_STRING: _string,
    FieldDescriptor.TYPE_BYTES: _base64,
}
