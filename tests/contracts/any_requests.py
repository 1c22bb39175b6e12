"""Hypothesis strategies for whole OTLP requests: any value of any depth in any place."""

from typing import Any

from google.protobuf.message import Message
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from tests.contracts.segments import span_id

MEMBERS = {
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
    str: "string_value",
    bytes: "bytes_value",
}
ABSENT = object()  # a key without any value message, unlike None: a value that is empty

INT64 = st.integers(-(2**63), 2**63 - 1)
UINT32 = st.integers(0, 2**32 - 1)
TIMES = st.sampled_from([0, 1, 10**18, 1_793_534_400 * 10**9, 2**63 - 1, 2**63, 2**64 - 1])
TIMES |= st.integers(0, 2**64 - 1)
ENUMS = st.integers(-2, 8) | st.sampled_from([-(2**31), 255, 256, 2**31 - 1])
AWKWARD = [
    "",
    "\0",
    "a\0b",
    "/",
    "</script>",
    '"\\',
    "\n\r\t\x01\x7f",
    "\u2028\ufeff",
    "é日🜚",
    "[1]",
    "nan",
]
TEXTS = st.sampled_from(AWKWARD) | st.text(max_size=8)
KEYS = st.sampled_from(["", "a", "a", "service.name", "gen_ai.agent.name"]) | TEXTS
SCALARS = (
    st.none()
    | st.booleans()
    | INT64
    | st.floats()
    | st.sampled_from([-0.0, 1e21, 1e-7, 5e-324, 0.1, 2.0**63, 1.7976931348623157e308])
    | TEXTS
    | st.binary(max_size=5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(st.tuples(KEYS, inner | st.just(ABSENT)), max_size=3).map(tuple)
    ),
    max_leaves=6,
)
PAIRS = st.lists(st.tuples(KEYS, VALUES | st.just(ABSENT)), max_size=4)


def set_value(value: AnyValue, plain: Any) -> None:
    """Lists become arrays and tuples of pairs become maps; None stays empty."""
    # In place, because protobuf refuses to copy what is nested as deep as some tests need.
    match plain:
        case list():
            value.array_value.SetInParent()
            for item in plain:
                set_value(value.array_value.values.add(), item)
        case tuple():
            value.kvlist_value.SetInParent()
            add_pairs(value.kvlist_value.values, plain)
        case _ if plain is not None:
            setattr(value, MEMBERS[type(plain)], plain)


def add_pairs(attributes: Any, pairs: Any) -> None:
    """Append keys with their plain values."""
    for key, plain in pairs:
        pair = attributes.add(key=key)
        if plain is not ABSENT:
            pair.value.SetInParent()
            set_value(pair.value, plain)


def _fill(message: Message, /, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(message, name, value)


@st.composite
def _container(draw: st.DrawFn, container: Any, part: Any) -> None:
    """A resource or scope with what surrounds it."""
    add_pairs(part.attributes, draw(PAIRS))
    _fill(part, dropped_attributes_count=draw(UINT32))
    _fill(container, schema_url=draw(TEXTS))


@st.composite
def trace_requests(draw: st.DrawFn) -> ExportTraceServiceRequest:
    """A few spans with unique ids, in some resources and scopes, some of them empty."""
    request = ExportTraceServiceRequest()
    number = 0
    for _ in range(draw(st.integers(1, 2))):
        resource_spans = request.resource_spans.add()
        draw(_container(resource_spans, resource_spans.resource))
        for _ in range(draw(st.integers(0, 2))):
            scope_spans = resource_spans.scope_spans.add()
            draw(_container(scope_spans, scope_spans.scope))
            _fill(scope_spans.scope, name=draw(TEXTS), version=draw(TEXTS))
            for _ in range(draw(st.integers(0, 2))):
                number += 1
                draw(_span(scope_spans.spans.add(span_id=span_id(number))))
    return request


@st.composite
def _span(draw: st.DrawFn, span: Any) -> None:
    _fill(
        span,
        trace_id=draw(st.binary(min_size=16, max_size=16).filter(any)),
        parent_span_id=draw(st.just(b"") | st.binary(min_size=8, max_size=8)),
        trace_state=draw(TEXTS),
        name=draw(TEXTS),
        kind=draw(ENUMS),
        start_time_unix_nano=draw(TIMES),
        end_time_unix_nano=draw(TIMES),
        dropped_attributes_count=draw(UINT32),
        dropped_events_count=draw(UINT32),
        dropped_links_count=draw(UINT32),
        flags=draw(UINT32),
    )
    add_pairs(span.attributes, draw(PAIRS))
    _fill(span.status, code=draw(ENUMS), message=draw(TEXTS))
    for _ in range(draw(st.integers(0, 2))):
        event = span.events.add(time_unix_nano=draw(TIMES), name=draw(TEXTS))
        add_pairs(event.attributes, draw(PAIRS))
        _fill(event, dropped_attributes_count=draw(UINT32))
    for _ in range(draw(st.integers(0, 2))):
        link = span.links.add(trace_id=draw(st.binary(max_size=17)), trace_state=draw(TEXTS))
        add_pairs(link.attributes, draw(PAIRS))
        _fill(link, span_id=draw(st.binary(max_size=9)), flags=draw(UINT32))
        _fill(link, dropped_attributes_count=draw(UINT32))


@st.composite
def log_requests(draw: st.DrawFn) -> ExportLogsServiceRequest:
    """A few log records with unique span ids, in some resources and scopes, some of them empty."""
    request = ExportLogsServiceRequest()
    number = 0
    for _ in range(draw(st.integers(1, 2))):
        resource_logs = request.resource_logs.add()
        draw(_container(resource_logs, resource_logs.resource))
        for _ in range(draw(st.integers(0, 2))):
            scope_logs = resource_logs.scope_logs.add()
            draw(_container(scope_logs, scope_logs.scope))
            _fill(scope_logs.scope, name=draw(TEXTS), version=draw(TEXTS))
            for _ in range(draw(st.integers(0, 3))):
                number += 1
                draw(_log_record(scope_logs.log_records.add(span_id=span_id(number))))
    return request


@st.composite
def _log_record(draw: st.DrawFn, record: Any) -> None:
    _fill(
        record,
        time_unix_nano=draw(TIMES),
        observed_time_unix_nano=draw(TIMES),
        severity_number=draw(ENUMS),
        severity_text=draw(TEXTS),
        event_name=draw(TEXTS),
        dropped_attributes_count=draw(UINT32),
        flags=draw(UINT32),
        trace_id=draw(st.binary(max_size=17)),
    )
    add_pairs(record.attributes, draw(PAIRS))
    if draw(st.booleans()):
        record.body.SetInParent()
        set_value(record.body, draw(VALUES))
