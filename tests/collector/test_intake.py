"""Does a request keep, byte for byte, all that is not wrong with it?"""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from collector import intake
from collector.intake import Encoding
from domain.envelope import REQUEST_ID_BYTES, Signal
from domain.errors import InvalidInput
from tests.collector.otlp_requests import as_json, json_bytes, logs, traces

both_encodings = pytest.mark.parametrize("encoding", list(Encoding))


def sound(size: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=size, max_size=size).filter(any)


def unsound(size: int) -> st.SearchStrategy[bytes]:
    lengths = st.binary(max_size=2 * size + 2).filter(lambda value: len(value) != size)
    return st.just(bytes(size)) | lengths


def span(trace_id: bytes, span_id: bytes, name: str) -> Span:
    made = Span(trace_id=trace_id, span_id=span_id, name=name)
    made.attributes.add(key="k").value.array_value.values.add(string_value=name)
    made.events.add(name="e", time_unix_nano=1)
    return made


good_spans = st.builds(span, sound(16), sound(8), st.text(max_size=5))
bad_spans = (
    st.builds(span, unsound(16), sound(8), st.text(max_size=5))
    | st.builds(span, sound(16), unsound(8), st.text(max_size=5))
    | st.builds(span, unsound(16), unsound(8), st.text(max_size=5))
)
scopes = st.lists(st.lists(good_spans | bad_spans, max_size=5), max_size=3)


def is_good(one: Span) -> bool:
    """Obligation 20, spelled differently from the product."""
    right_sizes = (len(one.trace_id), len(one.span_id)) == (16, 8)
    return right_sizes and any(one.trace_id) and any(one.span_id)


def request_of(spans_of_scopes: list[list[Span]]) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    for spans in spans_of_scopes:
        resource = request.resource_spans.add(schema_url="https://opentelemetry.io/schemas/1.30.0")
        resource.scope_spans.add().spans.extend(spans)
    return request


def encoded(request: Any, encoding: Encoding) -> bytes:
    if encoding is Encoding.JSON:
        return json_bytes(as_json(request))
    body: bytes = request.SerializeToString()
    return body


@both_encodings
@given(scopes)
def test_bad_spans_are_left_out_and_the_others_survive_byte_for_byte(
    encoding: Encoding, spans_of_scopes: list[list[Span]]
) -> None:
    whole = request_of(spans_of_scopes)
    batch = intake.read(Signal.TRACES, encoding, "acme", encoded(whole, encoding))
    wanted = request_of([[one for one in spans if is_good(one)] for spans in spans_of_scopes])
    assert batch.body == wanted.SerializeToString()
    all_spans = [one for spans in spans_of_scopes for one in spans]
    assert batch.items == sum(map(is_good, all_spans))
    assert batch.rejected == len(all_spans) - batch.items
    assert bool(batch.message) == bool(batch.rejected)


@given(st.lists(good_spans, min_size=1, max_size=5))
def test_a_protobuf_request_without_mistakes_is_not_rewritten(spans: list[Span]) -> None:
    body = request_of([spans]).SerializeToString()
    # Unknown fields, and an order of fields that no serializer would choose.
    body = b"\xba\x3e\x03new" + body
    assert intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body).body is body


@both_encodings
def test_log_records_may_have_any_ids(encoding: Encoding) -> None:
    request = logs("one", "two")
    record = request.resource_logs[0].scope_logs[0].log_records[0]
    record.trace_id, record.span_id = b"short", bytes(8)
    batch = intake.read(Signal.LOGS, encoding, "acme", encoded(request, encoding))
    assert (batch.items, batch.rejected) == (2, 0)
    assert batch.body == request.SerializeToString()


@both_encodings
def test_deeply_nested_values_become_their_json_text(encoding: Encoding) -> None:
    request = traces(b"12345678")
    attribute = request.resource_spans[0].scope_spans[0].spans[0].attributes.add(key="deep")
    pair = attribute.value.kvlist_value.values.add(key="a")
    pair.value.array_value.values.add(bytes_value=b"\xff")
    batch = intake.read(Signal.TRACES, encoding, "acme", encoded(request, encoding))
    text = f'{{"a":["{base64.b64encode(bytes([255])).decode()}"]}}'
    attribute.value.string_value = text
    assert batch.body == request.SerializeToString()


def test_the_request_id_tells_bytes_tenants_and_signals_apart() -> None:
    def request_id(signal: Signal, tenant: str, body: bytes) -> bytes:
        return intake.read(signal, Encoding.PROTOBUF, tenant, body).request_id

    body = b"\xba\x3e\x03new"  # valid as traces and as logs
    first = request_id(Signal.TRACES, "acme", body)
    assert len(first) == REQUEST_ID_BYTES
    assert request_id(Signal.TRACES, "acme", bytes(body)) == first
    others = {
        request_id(Signal.LOGS, "acme", body),
        request_id(Signal.TRACES, "acme2", body),
        request_id(Signal.TRACES, "acme", b"\xba\x3e\x03old"),
    }
    assert len(others | {first}) == 4


def test_a_batch_becomes_a_request_of_its_tenant() -> None:
    body = traces(b"12345678", b"23456789").SerializeToString()
    batch = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body)
    request = batch.request("acme", 7)
    assert (request.signal, request.body, request.tenant) == (Signal.TRACES, body, "acme")
    assert (request.retention_days, request.items) == (7, 2)
    assert request.request_id == batch.request_id


@both_encodings
def test_points_of_every_kind_of_metric_are_counted(encoding: Encoding) -> None:
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    for kind in ("gauge", "sum", "histogram", "exponential_histogram", "summary"):
        points = getattr(scope.metrics.add(name=kind), kind).data_points
        points.add()
        points.add()
    scope.metrics.add(name="no data")
    body = encoded(request, encoding)
    assert intake.count_metric_points(encoding, body) == 10


@both_encodings
@pytest.mark.parametrize("body", [b"\xff", b"{", b"\x0a\x05abc"])
def test_what_is_no_request_is_bad_data(encoding: Encoding, body: bytes) -> None:
    for signal in Signal:
        with pytest.raises(InvalidInput):
            intake.read(signal, encoding, "acme", body)
    with pytest.raises(InvalidInput):
        intake.count_metric_points(encoding, body)
