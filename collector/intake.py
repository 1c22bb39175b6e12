"""From the bytes of one OTLP request to what is spooled: pure, no I/O, no objects per span kept."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from collector import any_value, nesting, otlp_json
from collector.records import Request
from collector.redaction import Redactor
from domain.envelope import REQUEST_ID_BYTES, Signal
from domain.errors import InvalidInput

TRACE_ID_BYTES = 16
SPAN_ID_BYTES = 8
NO_TRACE = bytes(TRACE_ID_BYTES)
NO_SPAN = bytes(SPAN_ID_BYTES)
BAD_IDS = "spans need a trace_id of 16 and a span_id of 8 bytes that are not all zero"

T = TypeVar("T")

_trace_id = attrgetter("trace_id")
_span_id = attrgetter("span_id")


class Encoding(StrEnum):
    """How a request's body is written."""

    PROTOBUF = "application/x-protobuf"
    JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is left of a request after validation.

    items:     spans or log records to store; 0 = nothing to store.
    rejected:  items left out; `message` says why.
    """

    signal: Signal
    body: bytes
    request_id: bytes
    items: int
    rejected: int = 0
    message: str = ""

    def request(self, tenant: str, retention_days: int) -> Request:
        """The batch as a request of `tenant`."""
        return Request(self.signal, self.body, tenant, retention_days, self.request_id, self.items)


_JSON_DECODERS: dict[Signal, Callable[[bytes], Any]] = {
    Signal.TRACES: otlp_json.decode_traces,
    Signal.LOGS: otlp_json.decode_logs,
}


def read(
    signal: Signal,
    encoding: Encoding,
    tenant: str,
    body: bytes,
    redactor: Redactor | None = None,
) -> Batch:
    """Validate a decompressed request body, and leave out of it what `redactor` says.

    Spans with a zero or wrong-length id are left out and counted (OTLP 1.11, partial success); log
    records may have any ids. Raises InvalidInput when the whole request is malformed.
    """
    request_id = _request_id(signal, tenant, body)
    if encoding is Encoding.JSON:
        message: Any = _JSON_DECODERS[signal](body)
        fits = False
    else:
        message, fits = _decoded(partial(nesting.parse, signal), body)
    rejected = _drop_bad_spans(message) if signal is Signal.TRACES else 0
    wire = body if encoding is Encoding.PROTOBUF else None
    redacted = redactor is not None and redactor.redact(message, tenant, wire, flat=fits)
    if not fits:
        any_value.flatten(message)
    if rejected or redacted or not fits:
        body = message.SerializeToString()
    return Batch(
        signal, body, request_id, _count(signal, message), rejected, BAD_IDS if rejected else ""
    )


def count_metric_points(encoding: Encoding, body: bytes) -> int:
    """Data points of a metrics request, which is counted and not stored."""
    if encoding is Encoding.JSON:
        message = otlp_json.decode_metrics(body)
    else:
        message = _decoded(ExportMetricsServiceRequest.FromString, body)
    return sum(
        len(getattr(metric, kind).data_points)
        for resource in message.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if (kind := metric.WhichOneof("data")) is not None
    )


def _request_id(signal: Signal, tenant: str, body: bytes) -> bytes:
    """Equal for the same bytes sent again: exporters re-send after a lost acknowledge."""
    digest = hashlib.sha256(f"{signal.name}\0{tenant}\0".encode())
    digest.update(body)
    return digest.digest()[:REQUEST_ID_BYTES]


def _decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    try:
        return decode(body)
    except DecodeError as error:
        raise InvalidInput(f"the body is no OTLP protobuf request: {error}") from error


def _count(signal: Signal, message: Any) -> int:
    if signal is Signal.TRACES:
        return sum(len(scope.spans) for scope in _scopes_of_spans(message))
    return sum(
        len(scope.log_records)
        for resource in message.resource_logs
        for scope in resource.scope_logs
    )


def _scopes_of_spans(message: Any) -> Iterable[Any]:
    return (scope for resource in message.resource_spans for scope in resource.scope_spans)


def _drop_bad_spans(message: Any) -> int:
    """Removes spans with impossible ids in place; returns how many."""
    dropped = 0
    for scope in _scopes_of_spans(message):
        if not _all_are_sound(scope.spans):
            before = len(scope.spans)
            good = [span for span in scope.spans if _is_sound(span)]
            del scope.spans[:]
            scope.spans.extend(good)
            dropped += before - len(good)
    return dropped


def _all_are_sound(spans: Iterable[Span]) -> bool:
    """Whether each of `spans` _is_sound, in C."""
    traces = set(map(_trace_id, spans))
    ids = set(map(_span_id, spans))
    return (
        NO_TRACE not in traces
        and NO_SPAN not in ids
        and set(map(len, traces)) <= {TRACE_ID_BYTES}
        and set(map(len, ids)) <= {SPAN_ID_BYTES}
    )


def _is_sound(span: Span) -> bool:
    trace_id, span_id = span.trace_id, span.span_id
    return (
        len(trace_id) == TRACE_ID_BYTES
        and len(span_id) == SPAN_ID_BYTES
        and trace_id != NO_TRACE
        and span_id != NO_SPAN
    )
