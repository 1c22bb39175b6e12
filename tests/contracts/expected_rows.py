"""What every column of otel_traces and otel_logs must hold, computed from the protobuf message.

Nothing here comes from the product: ids, times, enumerations and the text of each attribute are
worked out again in plain Python, and nested values are compared as a JSON reader sees them.
"""

import base64
import json
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, RETENTION_DAYS, TENANT

KINDS = ["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"]
STATUSES = ["Unset", "Ok", "Error"]
NUMBERS = ("bool_value", "int_value", "double_value")

# How a column is read so that nothing of it is lost on the way: maps as pairs (duplicate keys),
# times as nanoseconds, doubles as their bits.
READ_AS = {
    "Map(LowCardinality(String), String)": "CAST({}, 'Array(Tuple(String, String))')",
    "Array(Map(LowCardinality(String), String))": (
        "arrayMap(m -> CAST(m, 'Array(Tuple(String, String))'), {})"
    ),
    "Map(LowCardinality(String), Float64)": (
        "arrayMap((k, v) -> (k, reinterpretAsUInt64(v)), mapKeys({0}), mapValues({0}))"
    ),
    "DateTime64(9)": "toUnixTimestamp64Nano({})",
    "Array(DateTime64(9))": "arrayMap(t -> toUnixTimestamp64Nano(t), {})",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the spool record says about its request."""

    tenant: str = TENANT
    received_unix_nano: int = RECEIVED_UNIX_NANO
    retention_days: int = RETENTION_DAYS


class Attributes(list[KeyValue]):
    """The column is a Map of texts with these keys and values, duplicates included."""


class Numbers(list[KeyValue]):
    """The column is a Map of the numbers among these."""


def stored_rows(store: Store, table: str, tenant: str) -> dict[str, Row]:
    """Every stored column of every row of a tenant, by SpanId."""
    statement = f"SELECT {_reading(store, table)} FROM {table} WHERE Tenant = '{tenant}'"
    lines = store.read_only(statement, "JSONEachRow").split(b"\n")[:-1]
    rows = [{name[1:]: value for name, value in json.loads(line).items()} for line in lines]
    by_id = {row["SpanId"]: row for row in rows}
    assert len(by_id) == len(rows), "some id is stored twice"
    return by_id


@cache
def _reading(store: Store, table: str) -> str:
    """How to select every stored column without loss, each under its name after a sign."""
    described = store.read_only(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase()"
        f" AND table = '{table}' AND default_kind != 'ALIAS'",
        "JSONEachRow",
    )
    columns = map(json.loads, described.splitlines())
    # Under its name alone a read column would shadow the stored one.
    return ", ".join(
        READ_AS.get(column["type"], "{}").format(f"`{column['name']}`") + f" AS `={column['name']}`"
        for column in columns
    )


def expected_spans(request: ExportTraceServiceRequest, envelope: Envelope) -> dict[str, Row]:
    """What otel_traces must hold of `request`, by SpanId."""
    return {
        span.span_id.hex(): _common(envelope, resource_spans, scope_spans) | _span(span)
        for resource_spans in request.resource_spans
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    }


def expected_logs(request: ExportLogsServiceRequest, envelope: Envelope) -> dict[str, Row]:
    """What otel_logs must hold of `request`, by SpanId."""
    return {
        record.span_id.hex(): _common(envelope, resource_logs, scope_logs) | _log_record(record)
        for resource_logs in request.resource_logs
        for scope_logs in resource_logs.scope_logs
        for record in scope_logs.log_records
    }


def differences(stored: dict[str, Row], expected: dict[str, Row]) -> list[str]:
    """Every column of every row that is not as expected, and every row too few or too many."""
    found = [f"row {key}: missing" for key in expected.keys() - stored.keys()]
    found += [f"row {key}: not sent" for key in stored.keys() - expected.keys()]
    for key in expected.keys() & stored.keys():
        wanted, row = expected[key], stored[key]
        found += [f"column {name}: unknown here" for name in row.keys() - wanted.keys()]
        found += [
            f"row {key}, {name}: {row.get(name)!r} and not {value!r}"
            for name, value in wanted.items()
            if name not in row or not same(row[name], value)
        ]
    return found


def same(stored: Any, expected: Any) -> bool:
    """Whether a column's value is the expected one; AnyValues are compared by what they mean."""
    match expected:
        case Attributes():
            return _same_pairs(stored, expected, is_text_of)
        case Numbers():
            return _same_pairs(
                stored, [p for p in expected if _member(p.value) in NUMBERS], _is_number
            )
        case AnyValue():
            return is_text_of(stored, expected)
        case list():
            return len(stored) == len(expected) and all(map(same, stored, expected))
    return type(stored) is type(expected) and bool(stored == expected)


def is_text_of(text: str, value: AnyValue) -> bool:
    """Whether `text` is how an attribute value is stored: as upstream spells it, nested as JSON."""
    match _member(value):
        case "string_value":
            return text == value.string_value
        case "bool_value":
            return text == ("true" if value.bool_value else "false")
        case "int_value":
            return text == str(value.int_value)
        case "double_value":
            return _is_double(text, value.double_value)
        case "bytes_value":
            return text == base64.b64encode(value.bytes_value).decode()
        case "array_value" | "kvlist_value":
            return is_json_of(_read_json(text), value)
        case _:
            return text == ""


def is_json_of(parsed: Any, value: AnyValue) -> bool:
    """Whether what a JSON reader got is `value`, to the last digit and the last duplicate key."""
    match _member(value):
        case "string_value":
            return type(parsed) is str and parsed == value.string_value
        case "bool_value":
            return parsed is value.bool_value
        case "int_value":
            return isinstance(parsed, _Digits) and parsed.text == str(value.int_value)
        case "double_value" if math.isfinite(value.double_value):
            return isinstance(parsed, _Digits) and _is_double(parsed.text, value.double_value)
        case "bytes_value":
            return bool(parsed == base64.b64encode(value.bytes_value).decode())
        case "array_value":
            items = value.array_value.values
            return (
                type(parsed) is list
                and len(parsed) == len(items)
                and all(map(is_json_of, parsed, items))
            )
        case "kvlist_value":
            return isinstance(parsed, _Pairs) and _are_pairs(
                parsed.items, value.kvlist_value.values
            )
        case _:
            return parsed is None


@dataclass(frozen=True, slots=True)
class _Digits:
    """A JSON number as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A JSON object as it is written: in order, with duplicate keys."""

    items: Sequence[tuple[str, Any]]


def _read_json(text: str) -> Any:
    return json.loads(
        text,
        parse_int=_Digits,
        parse_float=_Digits,
        parse_constant=_refuse,
        object_pairs_hook=_Pairs,
    )


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _are_pairs(items: Sequence[tuple[str, Any]], pairs: Sequence[KeyValue]) -> bool:
    return [key for key, _ in items] == [pair.key for pair in pairs] and all(
        is_json_of(parsed, pair.value) for (_, parsed), pair in zip(items, pairs, strict=True)
    )


def _same_pairs(stored: Sequence[Any], expected: Sequence[KeyValue], compare: Any) -> bool:
    # A Map in buckets keeps the order of equal keys, not of all.
    ours = sorted(stored, key=lambda pair: str(pair[0]))
    theirs = sorted(expected, key=lambda pair: pair.key)
    return [key for key, _ in ours] == [pair.key for pair in theirs] and all(
        compare(item, pair.value) for (_, item), pair in zip(ours, theirs, strict=True)
    )


def _is_number(bits: int, value: AnyValue) -> bool:
    number = float(getattr(value, str(_member(value))))
    return _same_double(struct.unpack("<d", struct.pack("<Q", bits))[0], number)


def _is_double(text: str, number: float) -> bool:
    return text == text.strip() and _same_double(float(text), number)


def _same_double(one: float, other: float) -> bool:
    """Equal to the last bit, the sign of zero included; any NaN is a NaN."""
    return struct.pack("<d", one) == struct.pack("<d", other) or (
        math.isnan(one) and math.isnan(other)
    )


def _member(value: AnyValue) -> str | None:
    return value.WhichOneof("value")


def _common(envelope: Envelope, resource: Any, scope: Any) -> Row:
    attributes = resource.resource.attributes
    names = [pair.value for pair in attributes if pair.key == "service.name"]
    return {
        "Tenant": envelope.tenant,
        "Received": envelope.received_unix_nano,
        "RetentionDays": envelope.retention_days,
        "ServiceName": names[0] if names else AnyValue(),
        "ResourceAttributes": Attributes(attributes),
        "ResourceSchemaUrl": resource.schema_url,
        "ResourceDroppedAttributesCount": resource.resource.dropped_attributes_count,
        "ScopeName": scope.scope.name,
        "ScopeVersion": scope.scope.version,
        "ScopeAttributes": Attributes(scope.scope.attributes),
        "ScopeDroppedAttributesCount": scope.scope.dropped_attributes_count,
        "ScopeSchemaUrl": scope.schema_url,
    }


def _span(span: Span) -> Row:
    return {
        "Timestamp": _signed(span.start_time_unix_nano),
        "TraceId": span.trace_id.hex(),
        "SpanId": span.span_id.hex(),
        "ParentSpanId": span.parent_span_id.hex(),
        "TraceState": span.trace_state,
        "SpanName": span.name,
        "SpanKind": _named(KINDS, span.kind),
        "SpanAttributes": Attributes(span.attributes),
        "SpanAttributesNumber": Numbers(span.attributes),
        "Duration": max(span.end_time_unix_nano - span.start_time_unix_nano, 0),
        "StatusCode": _named(STATUSES, span.status.code),
        "StatusMessage": span.status.message,
        "Flags": span.flags,
        "DroppedAttributesCount": span.dropped_attributes_count,
        "DroppedEventsCount": span.dropped_events_count,
        "DroppedLinksCount": span.dropped_links_count,
        **_events(span.events),
        **_links(span.links),
    }


def _events(events: Iterable[Span.Event]) -> Row:
    return {
        "Events.Timestamp": [_signed(event.time_unix_nano) for event in events],
        "Events.Name": [event.name for event in events],
        "Events.Attributes": [Attributes(event.attributes) for event in events],
        "EventDroppedAttributesCounts": [event.dropped_attributes_count for event in events],
    }


def _links(links: Iterable[Span.Link]) -> Row:
    return {
        "Links.TraceId": [link.trace_id.hex() for link in links],
        "Links.SpanId": [link.span_id.hex() for link in links],
        "Links.TraceState": [link.trace_state for link in links],
        "Links.Attributes": [Attributes(link.attributes) for link in links],
        "LinkDroppedAttributesCounts": [link.dropped_attributes_count for link in links],
        "LinkFlags": [link.flags for link in links],
    }


def _log_record(record: LogRecord) -> Row:
    return {
        "Timestamp": _signed(record.time_unix_nano or record.observed_time_unix_nano),
        "ObservedTimestamp": _signed(record.observed_time_unix_nano),
        "TraceId": record.trace_id.hex(),
        "SpanId": record.span_id.hex(),
        "TraceFlags": record.flags % 256,
        "Flags": record.flags,
        "SeverityText": record.severity_text,
        "SeverityNumber": min(max(record.severity_number, 0), 255),
        "Body": record.body,
        "LogAttributes": Attributes(record.attributes),
        "LogAttributesNumber": Numbers(record.attributes),
        "EventName": record.event_name,
        "DroppedAttributesCount": record.dropped_attributes_count,
    }


def _named(names: Sequence[str], number: int) -> str:
    return names[number] if 0 <= number < len(names) else ""


def _signed(unix_nano: int) -> int:
    """Times after 2262 have no place in a DateTime64(9); upstream lets them wrap as well."""
    return unix_nano - 2**64 if unix_nano >= 2**63 else unix_nano
