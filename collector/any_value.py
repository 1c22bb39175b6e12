"""Nested attribute values that the engine cannot hold become their JSON text."""

# The landing table has typed columns for scalars everywhere and for one level of nesting where it
# is common; deeper values are rare, so this path prefers clear over fast.

import base64
import json
import math
from collections.abc import Iterable, Iterator
from decimal import Decimal

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

# The nested members of an AnyValue, and those of them that the landing table holds in each place.
_NESTED = frozenset({"array_value", "kvlist_value"})
_SCALARS: frozenset[str] = frozenset()
_ARRAYS = frozenset({"array_value"})
_ARRAYS_AND_MAPS = _NESTED

# Decimal exponents of the doubles that ClickHouse writes without an exponent.
_FIXED_POINT_EXPONENTS = range(-6, 21)


def flatten(request: ExportTraceServiceRequest | ExportLogsServiceRequest) -> None:
    """Replaces, in place, each nested value that the engine cannot hold by its JSON text.

    Held as they are: arrays and maps of scalars in resource attributes and log bodies, arrays of
    scalars in scope, span and log record attributes, scalars alone in event and link attributes.
    """
    if isinstance(request, ExportTraceServiceRequest):
        _flatten_traces(request)
    else:
        _flatten_logs(request)


def json_text(value: AnyValue) -> str:
    """The full depth of `value` as compact JSON, not ASCII-escaped.

    Keys keep their order and duplicate keys are all written: nothing is dropped. Doubles are
    spelled as ClickHouse spells them, NaN and infinities as null; bytes are a base64 string; an
    empty value is null.
    """
    match value.WhichOneof("value"):
        case "array_value":
            return f"[{','.join(json_text(item) for item in value.array_value.values)}]"
        case "kvlist_value":
            return f"{{{','.join(_pair_text(pair) for pair in value.kvlist_value.values)}}}"
        case _:
            return _scalar_text(value)


def _flatten_traces(request: ExportTraceServiceRequest) -> None:
    for resource_spans in request.resource_spans:
        _shorten(_values(resource_spans.resource.attributes), _ARRAYS_AND_MAPS)
        for scope_spans in resource_spans.scope_spans:
            _shorten(_values(scope_spans.scope.attributes), _ARRAYS)
            for span in scope_spans.spans:
                _flatten_span(span)


def _flatten_span(span: Span) -> None:
    _shorten(_values(span.attributes), _ARRAYS)
    for event in span.events:
        _shorten(_values(event.attributes), _SCALARS)
    for link in span.links:
        _shorten(_values(link.attributes), _SCALARS)


def _flatten_logs(request: ExportLogsServiceRequest) -> None:
    for resource_logs in request.resource_logs:
        _shorten(_values(resource_logs.resource.attributes), _ARRAYS_AND_MAPS)
        for scope_logs in resource_logs.scope_logs:
            _shorten(_values(scope_logs.scope.attributes), _ARRAYS)
            for record in scope_logs.log_records:
                _shorten([record.body], _ARRAYS_AND_MAPS)
                _shorten(_values(record.attributes), _ARRAYS)


def _values(attributes: Iterable[KeyValue]) -> Iterator[AnyValue]:
    return (attribute.value for attribute in attributes)


def _shorten(values: Iterable[AnyValue], held: frozenset[str]) -> None:
    for value in values:
        if not _is_held(value, held):
            # Setting one member of a oneof clears the nested one.
            value.string_value = json_text(value)


def _is_held(value: AnyValue, held: frozenset[str]) -> bool:
    member = value.WhichOneof("value")
    if member not in _NESTED:
        return True
    return member in held and all(
        inner.WhichOneof("value") not in _NESTED for inner in _inner_values(value)
    )


def _inner_values(value: AnyValue) -> Iterator[AnyValue]:
    # Only one member of the oneof is set, so one of the two is empty.
    yield from value.array_value.values
    yield from _values(value.kvlist_value.values)


def _pair_text(pair: KeyValue) -> str:
    return f"{_string_text(pair.key)}:{json_text(pair.value)}"


def _scalar_text(value: AnyValue) -> str:
    match value.WhichOneof("value"):
        case "string_value":
            return _string_text(value.string_value)
        case "bool_value":
            return "true" if value.bool_value else "false"
        case "int_value":
            return str(value.int_value)
        case "double_value":
            return _double_text(value.double_value)
        case "bytes_value":
            return f'"{base64.b64encode(value.bytes_value).decode()}"'
        case _:
            # Empty, or an index into a profile's string table, which OTLP says to read as empty.
            return "null"


def _string_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _double_text(number: float) -> str:
    if not math.isfinite(number):
        return "null"
    # repr() has the shortest digits that read back as the same double; only the layout differs.
    digits = Decimal(repr(number)).normalize()
    if digits.adjusted() in _FIXED_POINT_EXPONENTS:
        return f"{digits:f}"
    return str(digits).lower().replace("e+", "e")
