"""Does the parser tell, by depth alone, what the engine's typed columns can hold?"""

from collections.abc import Callable
from typing import Any

import pytest
from google.protobuf.message import DecodeError, Message
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from collector import intake, nesting
from collector.intake import Encoding
from collector.nesting import REPARSE_BYTES_MAX, UPB_MESSAGES_MAX
from domain.envelope import Signal
from domain.errors import InvalidInput

Place = Callable[[Any], AnyValue]


def span(request: Any) -> Any:
    return request.resource_spans.add().scope_spans.add().spans.add(trace_id=b"t" * 16)


def record(request: Any) -> Any:
    return request.resource_logs.add().scope_logs.add().log_records.add()


# Where a value stands: how it is reached, and how many messages may be below it. A full array is
# two messages (ArrayValue, AnyValue), a full map three (KeyValueList, KeyValue, AnyValue).
TRACES: dict[str, tuple[Place, int]] = {
    "resource": (lambda r: r.resource_spans.add().resource.attributes.add().value, 3),
    "scope": (lambda r: r.resource_spans.add().scope_spans.add().scope.attributes.add().value, 2),
    "span": (lambda r: span(r).attributes.add().value, 2),
    "event": (lambda r: span(r).events.add().attributes.add().value, 1),
    "link": (lambda r: span(r).links.add().attributes.add().value, 1),
}
LOGS: dict[str, tuple[Place, int]] = {
    "resource": (lambda r: r.resource_logs.add().resource.attributes.add().value, 3),
    "scope": (lambda r: r.resource_logs.add().scope_logs.add().scope.attributes.add().value, 2),
    "body": (lambda r: record(r).body, 3),
    "record": (lambda r: record(r).attributes.add().value, 2),
}

scalars = st.one_of(
    st.just(AnyValue()),
    st.builds(lambda text: AnyValue(string_value=text), st.text(max_size=5)),
    st.builds(lambda number: AnyValue(int_value=number), st.integers(-9, 9)),
    st.builds(lambda data: AnyValue(bytes_value=data), st.binary(max_size=5)),
)


def array(values: list[AnyValue]) -> AnyValue:
    made = AnyValue()
    made.array_value.SetInParent()
    made.array_value.values.extend(values)
    return made


def mapping(values: list[AnyValue | None]) -> AnyValue:
    """None is a key without a value."""
    made = AnyValue()
    made.kvlist_value.SetInParent()
    for value in values:
        pair = made.kvlist_value.values.add(key="k")
        if value is not None:
            pair.value.CopyFrom(value)
    return made


values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.builds(array, st.lists(inner, max_size=3)),
        st.builds(mapping, st.lists(st.none() | inner, max_size=3)),
    ),
    max_leaves=6,
)


def below(value: AnyValue) -> int:
    """Messages from `value`, itself not counted, down to the deepest one in it."""
    if value.HasField("array_value"):
        return 1 + max((1 + below(item) for item in value.array_value.values), default=0)
    if value.HasField("kvlist_value"):
        pairs = value.kvlist_value.values
        return 1 + max(
            (2 + below(pair.value) if pair.HasField("value") else 1 for pair in pairs), default=0
        )
    return 0


def depth(message: Message) -> int:
    """Messages from `message` down to the deepest one in it, both counted."""
    return 1 + max(
        (
            depth(child)
            for field, found in message.ListFields()
            if field.message_type is not None
            for child in (found if field.is_repeated else [found])
        ),
        default=0,
    )


def request_of(signal: Signal) -> Any:
    return ExportTraceServiceRequest() if signal is Signal.TRACES else ExportLogsServiceRequest()


PLACES = [
    *((Signal.TRACES, *place) for place in TRACES.values()),
    *((Signal.LOGS, *place) for place in LOGS.values()),
]


@pytest.mark.parametrize("padding", [0, REPARSE_BYTES_MAX], ids=["small", "big"])
@given(st.lists(st.tuples(st.sampled_from(PLACES), values), min_size=1, max_size=4))
def test_a_request_fits_if_each_value_has_no_more_below_it_than_its_place_holds(
    padding: int, placed: list[tuple[tuple[Signal, Place, int], AnyValue]]
) -> None:
    signal = placed[0][0][0]
    request = request_of(signal)
    held = []
    for (kind, place, room), value in placed:
        if kind is signal:
            place(request).CopyFrom(value)
            held.append(below(value) <= room)
    if padding:
        place = (TRACES if signal is Signal.TRACES else LOGS)["scope"][0]
        place(request).string_value = "x" * padding
    message, fits = nesting.parse(signal, request.SerializeToString())
    assert message == request
    assert fits == all(held) == (depth(request) <= 8)


@pytest.mark.parametrize("signal", list(Signal))
def test_an_empty_body_is_an_empty_request(signal: Signal) -> None:
    assert nesting.parse(signal, b"") == (request_of(signal), True)


@pytest.mark.parametrize("body", [b"\x0a", b"\x0a\x05abc", b"\xff", b"\x0b", b"\x0c", b"\x0c\x0b"])
@pytest.mark.parametrize("signal", list(Signal))
def test_what_is_no_request_does_not_escape_its_wrapping(signal: Signal, body: bytes) -> None:
    with pytest.raises(DecodeError):
        nesting.parse(signal, body)


def nested(levels: int) -> bytes:
    """A request whose deepest message lies `levels` below it, the request itself not counted."""
    request = ExportTraceServiceRequest()
    value = request.resource_spans.add().resource.attributes.add().value
    for _ in range((levels - 4) // 2):
        value = value.array_value.values.add()
    if levels % 2:
        value.array_value.SetInParent()
    return request.SerializeToString()


@pytest.mark.parametrize("levels", range(UPB_MESSAGES_MAX - 3, UPB_MESSAGES_MAX + 4))
def test_more_than_a_hundred_messages_deep_is_bad_data(levels: int) -> None:
    body = nested(levels)
    if levels <= UPB_MESSAGES_MAX:
        assert nesting.parse(Signal.TRACES, body)[1] is False
    else:
        with pytest.raises(InvalidInput):
            intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body)


def test_a_runtime_that_does_not_bound_nesting_is_noticed() -> None:
    with pytest.raises(RuntimeError, match="does not bound nesting"):
        nesting.calibrate(0)
