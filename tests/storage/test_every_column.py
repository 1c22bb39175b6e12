"""Does every column of every span and log record hold what protobuf parsing gives?"""

from functools import partial
from itertools import chain, count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from storage.store import Store
from tests.contracts.any_requests import ABSENT, add_pairs, log_requests, set_value, trace_requests
from tests.contracts.expected_rows import (
    Envelope,
    differences,
    expected_logs,
    expected_spans,
    stored_rows,
)
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, signal_of, span_id, token

# A segment takes .2 s however little it holds, so each example is several requests in one.
many = settings(
    max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
_tenants = (f"tenant-{number}" for number in count())


def compare(store: Store, *requests: Any) -> list[str]:
    """Send `requests`, of one kind, through intake and store in one segment, each for a tenant of
    its own; what of them is not stored as it was sent."""
    envelopes = [Envelope(next(_tenants), RECEIVED_UNIX_NANO + 1, 7) for _ in requests]
    sent = [
        record(request, to.tenant, to.retention_days, to.received_unix_nano)
        for request, to in zip(requests, envelopes, strict=True)
    ]
    store.insert_segment(signal_of(requests[0]), b"".join(sent), token())
    return list(chain.from_iterable(map(partial(_different, store), requests, envelopes)))


def _different(store: Store, request: Any, envelope: Envelope) -> list[str]:
    if isinstance(request, ExportTraceServiceRequest):
        stored, expected = "otel_traces", expected_spans(request, envelope)
    else:
        stored, expected = "otel_logs", expected_logs(request, envelope)
    return differences(stored_rows(store, stored, envelope.tenant), expected)


@many
@given(requests=st.lists(trace_requests(), min_size=1, max_size=8))
def test_any_spans_are_stored_as_they_were_sent(
    module_store: Store, requests: list[ExportTraceServiceRequest]
) -> None:
    assert not compare(module_store, *requests)


@many
@given(requests=st.lists(log_requests(), min_size=1, max_size=8))
def test_any_log_records_are_stored_as_they_were_sent(
    module_store: Store, requests: list[ExportLogsServiceRequest]
) -> None:
    assert not compare(module_store, *requests)


def one_span() -> tuple[ExportTraceServiceRequest, Any]:
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    return request, scope_spans.spans.add(trace_id=b"\1" * 16, span_id=span_id(1))


def everywhere(pairs: Any) -> ExportTraceServiceRequest:
    """A span that has `pairs` as attributes of its resource, scope, event, link, and its own."""
    request, span = one_span()
    resource_spans = request.resource_spans[0]
    for place in (resource_spans.resource, resource_spans.scope_spans[0].scope, span):
        add_pairs(place.attributes, pairs)
    add_pairs(span.events.add().attributes, pairs)
    add_pairs(span.links.add().attributes, pairs)
    return request


def everywhere_in_logs(pairs: Any) -> ExportLogsServiceRequest:
    """The same for a log record, with the first value as its body too."""
    request = ExportLogsServiceRequest()
    resource_logs = request.resource_logs.add()
    scope_logs = resource_logs.scope_logs.add()
    entry = scope_logs.log_records.add(span_id=span_id(1))
    for place in (resource_logs.resource, scope_logs.scope, entry):
        add_pairs(place.attributes, pairs)
    if pairs[0][1] is not ABSENT:
        set_value(entry.body, pairs[0][1])
    return request


def nested(depth: int, core: Any) -> Any:
    for level in range(depth):
        core = [core, level] if level % 2 else (("k/\0", core), ("k/\0", level))
    return core


VALUES: dict[str, Any] = {
    "no value": ABSENT,
    "an empty array": [],
    "an empty map": (),
    "a map with a key and no value": (("k", ABSENT),),
    "an array of empty values": [None, None],
    "an array of empty arrays and maps": [[], (), [[]], (("", ()),)],
    "slashes": ["</a>", (("a/b", "c/d"),)],
    "control characters": ["\0\x01\x1f\x7f\u2028\ufffe", (("\0", "\0"),)],
    "bytes": [b"\xff\xfe/", (("k", b""),)],
    "extreme integers": [2**63 - 1, -(2**63), 2**53 + 1],
    "extreme doubles": [float("nan"), float("inf"), -0.0, 5e-324, 1e21, 1.7976931348623157e308],
    "a long text": "é" * 2_000_000,
    "a long array": list(range(50_000)),
    "two levels": nested(2, "core"),
    "three levels": nested(3, "core"),
    "thirty levels": nested(30, "core"),
}


@pytest.mark.parametrize("plain", VALUES.values(), ids=VALUES.keys())
def test_a_value_is_kept_in_every_place(module_store: Store, plain: Any) -> None:
    assert not compare(module_store, everywhere([("key", plain), ("key", 1), ("", plain)]))
    assert not compare(module_store, everywhere_in_logs([("key", plain), ("key", 1), ("", plain)]))


def test_ten_thousand_attributes_are_kept(module_store: Store) -> None:
    request, span = one_span()
    add_pairs(span.attributes, [(f"key.{number}", number) for number in range(10_000)])
    assert not compare(module_store, request)


def test_ten_thousand_keys_and_names_are_kept(module_store: Store) -> None:
    # More than one dictionary of a LowCardinality column holds.
    request = ExportTraceServiceRequest()
    scope_spans = request.resource_spans.add().scope_spans.add()
    for number in range(10_000):
        span = scope_spans.spans.add(trace_id=b"\1" * 16, span_id=span_id(number + 1))
        span.name = f"name {number}"
        add_pairs(span.attributes, [(f"key.{number}", f"value {number}")])
    assert not compare(module_store, request)


def test_ids_of_log_records_may_be_anything(module_store: Store) -> None:
    request = ExportLogsServiceRequest()
    records = request.resource_logs.add().scope_logs.add().log_records
    for wrong_id in (b"", b"\0" * 8, b"\xab", b"x" * 40):
        records.add(span_id=wrong_id, trace_id=wrong_id)
    assert not compare(module_store, request)
