"""OTLP JSON of the published shapes, and any other, survives the way into protobuf and back."""

import base64
import json
import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.otlp_json import decode_logs, decode_metrics, decode_traces
from domain.errors import InvalidInput

Decode: TypeAlias = Callable[[bytes], Message]

TRACES = (decode_traces, ExportTraceServiceRequest)
LOGS = (decode_logs, ExportLogsServiceRequest)
METRICS = (decode_metrics, ExportMetricsServiceRequest)
# A busy machine must not fail a test.
every_signal = pytest.mark.parametrize(("decode", "kind"), [TRACES, LOGS, METRICS])

# The shapes of the four examples that opentelemetry-proto publishes, with other content:
# JSON on the one side, protobuf's text format on the other.

ORIGIN_JSON = (
    '"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"billing"}}]},"%s":[{'
    '"scope":{"name":"billing.agent","version":"2.1.0",'
    '"attributes":[{"key":"kind","value":{"stringValue":"manual"}}]}'
)
ORIGIN_TEXT = (
    'resource {attributes {key: "service.name" value {string_value: "billing"}}} %s {'
    'scope {name: "billing.agent" version: "2.1.0" '
    'attributes {key: "kind" value {string_value: "manual"}}}'
)
TRACE_EXAMPLE = """{"resourceSpans":[{ORIGIN,"spans":[{
    "traceId":"0AF7651916CD43DD8448EB211C80319C", "spanId":"b7ad6b7169203331",
    "parentSpanId":"00F067AA0BA902B7", "name":"correct a customer's record", "kind":2,
    "startTimeUnixNano":1700000000000000001, "endTimeUnixNano":"1700000000500000003",
    "attributes":[{"key":"record","value":{"stringValue":"c-17"}}]}]}]}]}"""
TRACE_TEXT = r"""resource_spans {ORIGIN spans {
    trace_id: "\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c"
    span_id: "\xb7\xad\x6b\x71\x69\x20\x33\x31" parent_span_id: "\x00\xf0\x67\xaa\x0b\xa9\x02\xb7"
    name: "correct a customer's record" kind: SPAN_KIND_SERVER
    start_time_unix_nano: 1700000000000000001 end_time_unix_nano: 1700000000500000003
    attributes {key: "record" value {string_value: "c-17"}}}}}"""
LOGS_EXAMPLE = """{"resourceLogs":[{ORIGIN,"logRecords":[{
    "timeUnixNano":1700000000300000001, "observedTimeUnixNano":1700000000300000002,
    "severityText":"Information", "body":{"stringValue":"record corrected"},
    "traceId":"0AF7651916CD43DD8448EB211C80319C", "spanId":"B7AD6B7169203331", "attributes":[
        {"key":"s","value":{"stringValue":"agent"}}, {"key":"b","value":{"boolValue":true}},
        {"key":"i","value":{"intValue":10}}, {"key":"d","value":{"doubleValue":637.704}},
        {"key":"a","value":{"arrayValue":{"values":[{"stringValue":"x"},{"stringValue":"y"}]}}},
        {"key":"m","value":{"kvlistValue":{"values":[
            {"key":"city","value":{"stringValue":"Bern"}}]}}}]}]}]}]}"""
LOGS_TEXT = r"""resource_logs {ORIGIN log_records {
    time_unix_nano: 1700000000300000001 observed_time_unix_nano: 1700000000300000002
    severity_text: "Information" body {string_value: "record corrected"}
    trace_id: "\x0a\xf7\x65\x19\x16\xcd\x43\xdd\x84\x48\xeb\x21\x1c\x80\x31\x9c"
    span_id: "\xb7\xad\x6b\x71\x69\x20\x33\x31"
    attributes {key: "s" value {string_value: "agent"}}
    attributes {key: "b" value {bool_value: true}}
    attributes {key: "i" value {int_value: 10}}
    attributes {key: "d" value {double_value: 637.704}}
    attributes {key: "a" value {array_value {
        values {string_value: "x"} values {string_value: "y"}}}}
    attributes {key: "m" value {kvlist_value {
        values {key: "city" value {string_value: "Bern"}}}}}}}}"""
EVENTS_EXAMPLE = """{"resourceLogs":[{ORIGIN,"logRecords":[{
    "timeUnixNano":"1700000000300000001", "severityNumber":9, "eventName":"agent.decision",
    "body":{"kvlistValue":{"values":[{"key":"kind","value":{"intValue":"0"}},
        {"key":"page","value":{"stringValue":"/invoice"}}]}}}]}]}]}"""
EVENTS_TEXT = """resource_logs {ORIGIN log_records {
    time_unix_nano: 1700000000300000001 severity_number: SEVERITY_NUMBER_INFO
    event_name: "agent.decision" body {kvlist_value {
        values {key: "kind" value {int_value: 0}}
        values {key: "page" value {string_value: "/invoice"}}}}}}}"""
METRICS_EXAMPLE = """{"resourceMetrics":[{ORIGIN,"metrics":[
    {"name":"calls", "unit":"1", "description":"a counter", "sum":{
        "aggregationTemporality":1, "isMonotonic":true, "dataPoints":[
            {"asDouble":5, "startTimeUnixNano":1700000000000000001, "timeUnixNano":"17"}]}},
    {"name":"level", "gauge":{"dataPoints":[{"asInt":"-10", "exemplars":[
        {"asDouble":0.5, "spanId":"b7ad6b7169203331"}]}]}},
    {"name":"wait", "histogram":{"aggregationTemporality":1, "dataPoints":[
        {"count":3, "sum":3, "min":0, "max":1.5, "bucketCounts":[1,"1",1],
         "explicitBounds":[1,"2.5"]}]}}]}]}]}"""
METRICS_TEXT = r"""resource_metrics {ORIGIN
    metrics {name: "calls" unit: "1" description: "a counter" sum {
        aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA is_monotonic: true data_points {
            as_double: 5 start_time_unix_nano: 1700000000000000001 time_unix_nano: 17}}}
    metrics {name: "level" gauge {data_points {as_int: -10 exemplars {
        as_double: 0.5 span_id: "\xb7\xad\x6b\x71\x69\x20\x33\x31"}}}}
    metrics {name: "wait" histogram {
        aggregation_temporality: AGGREGATION_TEMPORALITY_DELTA data_points {
            count: 3 sum: 3 min: 0 max: 1.5 bucket_counts: [1, 1, 1] explicit_bounds: [1, 2.5]}}}
    }}"""
EXAMPLES = [
    (*TRACES, TRACE_EXAMPLE, TRACE_TEXT, ("scopeSpans", "scope_spans")),
    (*LOGS, LOGS_EXAMPLE, LOGS_TEXT, ("scopeLogs", "scope_logs")),
    (*LOGS, EVENTS_EXAMPLE, EVENTS_TEXT, ("scopeLogs", "scope_logs")),
    (*METRICS, METRICS_EXAMPLE, METRICS_TEXT, ("scopeMetrics", "scope_metrics")),
]
BODIES = [
    (decode, body.replace("ORIGIN", ORIGIN_JSON % scopes[0]).encode())
    for decode, _, body, _, scopes in EXAMPLES
]


@pytest.mark.parametrize(
    "example", range(len(EXAMPLES)), ids=["trace", "logs", "events", "metrics"]
)
def test_the_published_shapes_are_read_in_full(example: int) -> None:
    _, kind, _, text, scopes = EXAMPLES[example]
    decode, body = BODIES[example]
    assert decode(body) == text_format.Parse(
        text.replace("ORIGIN", ORIGIN_TEXT % scopes[1]), kind()
    )


# Properties. The encoder of the test is protobuf's own, with the three departures of OTLP.


def otlp_json(message: Message) -> bytes:
    return json.dumps(_with_hex_ids(MessageToDict(message, use_integers_for_enums=True))).encode()


def _with_hex_ids(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_hex_ids(item) for item in node]
    if not isinstance(node, dict):
        return node
    ids = node.keys() & {"traceId", "spanId", "parentSpanId"}
    hexadecimal = {key: base64.b64decode(node[key]).hex() for key in ids}
    return {key: _with_hex_ids(value) for key, value in node.items()} | hexadecimal


INT32, UINT32 = st.integers(-(2**31), 2**31 - 1), st.integers(0, 2**32 - 1)
INT64, UINT64 = st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**64 - 1)
SCALARS: dict[int, st.SearchStrategy[Any]] = {
    FieldDescriptor.TYPE_DOUBLE: st.floats(allow_nan=False) | st.just(math.nan),
    FieldDescriptor.TYPE_INT32: INT32,
    FieldDescriptor.TYPE_SINT32: INT32,
    FieldDescriptor.TYPE_ENUM: INT32,
    FieldDescriptor.TYPE_UINT32: UINT32,
    FieldDescriptor.TYPE_FIXED32: UINT32,
    FieldDescriptor.TYPE_INT64: INT64,
    FieldDescriptor.TYPE_SFIXED64: INT64,
    FieldDescriptor.TYPE_UINT64: UINT64,
    FieldDescriptor.TYPE_FIXED64: UINT64,
    FieldDescriptor.TYPE_BOOL: st.booleans(),
    FieldDescriptor.TYPE_STRING: st.text(max_size=5),
    FieldDescriptor.TYPE_BYTES: st.binary(max_size=5),
}


def fill(message: Message, data: st.DataObject, depth: int = 0) -> None:
    """Sets some fields of `message`, and of the messages in it, to drawn values."""
    fields = fields_of(message)
    # The envelopes around spans, records and metrics are always there, or little would be drawn.
    chosen = fields if depth < 3 else data.draw(st.lists(st.sampled_from(fields), max_size=4))
    for field in chosen:
        if field.message_type is None:
            scalars = data.draw(st.lists(SCALARS[field.type], min_size=1, max_size=2))
            set_scalars(message, field, scalars)
        elif depth < 12:
            fill(child_of(message, field), data, depth + 1)


def fill_everything(message: Message, member: int, depth: int = 0) -> None:
    """Sets every field to a value of its own, of each oneof the member of that number."""
    for field in fields_of(message):
        rivals = field.containing_oneof.fields if field.containing_oneof else [field]
        if field is not rivals[member % len(rivals)]:
            continue
        if field.message_type is None:
            samples = {FieldDescriptor.TYPE_STRING: "\u00e9", FieldDescriptor.TYPE_BYTES: b"\xfe"}
            set_scalars(message, field, [samples.get(field.type, 1)])
        elif depth < 12:
            fill_everything(child_of(message, field), member, depth + 1)


def fields_of(message: Message) -> list[FieldDescriptor]:
    return cast("list[FieldDescriptor]", list(message.DESCRIPTOR.fields))


def set_scalars(message: Message, field: FieldDescriptor, scalars: list[Any]) -> None:
    if field.is_repeated:
        getattr(message, field.name).extend(scalars)
    else:
        setattr(message, field.name, scalars[0])


def child_of(message: Message, field: FieldDescriptor) -> Message:
    child = getattr(message, field.name)
    if field.is_repeated:
        child = child.add()
    child.SetInParent()
    assert isinstance(child, Message)
    return child


@every_signal
@pytest.mark.parametrize("member", range(8))
def test_every_field_of_every_message_is_read(
    decode: Decode, kind: type[Message], member: int
) -> None:
    message = kind()
    fill_everything(message, member)
    assert decode(otlp_json(message)) == message


@every_signal
@given(data=st.data())
def test_any_message_survives_the_way_through_json(
    decode: Decode, kind: type[Message], data: st.DataObject
) -> None:
    message = kind()
    fill(message, data)
    # As bytes, because no NaN equals another.
    assert decode(otlp_json(message)).SerializeToString() == message.SerializeToString()


def accepted_or_refused(decode: Decode, body: bytes) -> bool:
    """Whether `body` was accepted; any error but InvalidInput fails the test."""
    try:
        request = decode(body)
    except InvalidInput:
        return False
    assert type(request).FromString(request.SerializeToString()).ByteSize() == request.ByteSize()
    return True


KEYS = sorted({word for _, body in BODIES for word in body.decode().split('"') if word.isalpha()})
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["", "0a", "YQ==", "7", "1e99", "NaN", "\ud800"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(body=st.binary(max_size=60), signal=st.sampled_from([TRACES, LOGS, METRICS]))
def test_random_bytes_are_refused_or_accepted_but_never_crash(
    body: bytes, signal: tuple[Decode, type[Message]]
) -> None:
    accepted_or_refused(signal[0], body)


@given(tree=TREES, signal=st.sampled_from([TRACES, LOGS, METRICS]))
def test_random_json_is_refused_or_accepted_but_never_crashes(
    tree: Any, signal: tuple[Decode, type[Message]]
) -> None:
    accepted = accepted_or_refused(signal[0], json.dumps(tree).encode())
    assert isinstance(tree, dict) or not accepted


@given(data=st.data(), example=st.sampled_from(BODIES), tree=TREES)
def test_an_example_with_one_part_exchanged_never_crashes(
    data: st.DataObject, example: tuple[Decode, bytes], tree: Any
) -> None:
    decode, body = example
    root = node = json.loads(body)
    while True:
        places: list[Any] = list(node) if isinstance(node, dict) else list(range(len(node)))
        place = data.draw(st.sampled_from(places))
        inner = node[place]
        if not (isinstance(inner, dict | list) and inner) or data.draw(st.integers(0, 7)) == 0:
            break
        node = inner
    node[place] = tree
    accepted_or_refused(decode, json.dumps(root).encode())


@given(example=st.sampled_from(BODIES), cut=st.integers(0, 600))
def test_an_example_that_was_cut_short_is_refused(example: tuple[Decode, bytes], cut: int) -> None:
    decode, body = example
    assert accepted_or_refused(decode, body[:cut]) == (cut == 0 or cut >= len(body))
