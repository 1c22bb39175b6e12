"""Does every transport, with every coding, keep the obligations that all of them share?"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.config import CollectorConfig
from domain.access import Scope
from governance import keys
from governance.keys import KeyRing
from storage.keys import KeyRows
from storage.store import Store
from tests.collector.conftest import Connect, Select
from tests.collector.otlp_requests import (
    as_json,
    blank,
    json_bytes,
    logs,
    metrics,
    padded,
    trace_id_of,
    traces,
)
from tests.collector.peers import WAYS, Code, Peer
from tests.collector.running import Running, eventually

BYTES_MAX = 64 * 1024
CONFIG = {
    "request_bytes_max": BYTES_MAX,
    "in_flight_bytes_max": 64 * BYTES_MAX,
    "spool": {"segment_age_ms": 30},
}
BAD_REQUEST = "google.rpc.BadRequest"

Texts = dict[str, str]


@pytest.fixture(scope="module")
def ring(engine: Store) -> KeyRing:
    keys_in_force = KeyRing(KeyRows(engine))
    keys_in_force.refresh()
    return keys_in_force


@pytest.fixture(scope="module")
def key(engine: Store, ring: KeyRing) -> str:
    """Of a tenant, good for sending and nothing else."""
    _, text = keys.create(KeyRows(engine), "acme", "agents", [Scope.INGEST])
    ring.refresh()
    return text


@pytest.fixture(scope="module")
def reading_key(engine: Store, ring: KeyRing) -> str:
    _, text = keys.create(KeyRows(engine), "acme", "people", [Scope.READ, Scope.GOVERN])
    ring.refresh()
    return text


@pytest.fixture(scope="module")
def collector(
    engine: Store, ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("collector") / "spool"
    config = CollectorConfig.model_validate(CONFIG)
    with Running(folder, engine, config, ring) as running:
        yield running


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def peer(way: str, collector: Running, connect: Connect) -> Peer:
    return connect(way, collector)


def stored(rows: Select, request: Any, tenant: str = "acme") -> list[dict[str, Any]]:
    trace_id = trace_id_of(request)
    return rows(
        "SELECT SpanId, ServiceName, SpanAttributes FROM otel_traces"
        f" WHERE TraceId = '{trace_id}' AND Tenant = '{tenant}' ORDER BY SpanId"
    )


# Obligations 1, 4 and 5: codings, transports, and the three signals.


def test_spans_are_stored_for_the_tenant_of_the_key(peer: Peer, key: str, rows: Select) -> None:
    request = traces(b"12345678", b"23456789")
    assert peer.export(request, key=key).code is Code.OK
    eventually(lambda: len(stored(rows, request)) == 2)
    assert stored(rows, request) == [
        {"SpanId": b"12345678".hex(), "ServiceName": "fleet", "SpanAttributes": {"number": "0"}},
        {"SpanId": b"23456789".hex(), "ServiceName": "fleet", "SpanAttributes": {"number": "1"}},
    ]


def test_log_records_are_stored(peer: Peer, key: str, rows: Select) -> None:
    text = os.urandom(8).hex()
    assert peer.export(logs(text), "logs", key).code is Code.OK
    eventually(lambda: rows(f"SELECT Body FROM otel_logs WHERE Body = '{text}'"))


def test_metric_points_are_counted_and_answered_with_success(
    peer: Peer, key: str, collector: Running
) -> None:
    accepted = "otelcol_receiver_accepted_metric_points"
    before = collector.counted(accepted, transport=peer.transport)
    answer = peer.export(metrics(3), "metrics", key)
    assert answer.code is Code.OK
    assert collector.counted(accepted, transport=peer.transport) == before + 3


# What the engine's columns hold in each place; `DEEP` is what they hold nowhere.
EMPTIES = {"empty array": "[]", "empty map": "{}"}
ARRAYS = EMPTIES | {"array": '[1,"two"]', "keys": '{"a":null,"b":null}'}
MAPS = ARRAYS | {"map": '{"a":1}', "array of empties": "[[],{}]"}
DEEP = MAPS | {"deep": '{"a":[{"b":[1]}]}'}


@pytest.mark.parametrize("way", ["grpc-gzip", "protobuf-zstd", "json-identity"])
@pytest.mark.parametrize(
    ("wide", "middle", "narrow"), [(MAPS, ARRAYS, EMPTIES), (DEEP, DEEP, DEEP)]
)
def test_nested_values_arrive_as_json_text_wherever_they_stand(
    peer: Peer, rows: Select, key: str, wide: Texts, middle: Texts, narrow: Texts
) -> None:
    request = traces(b"12345678")
    resource = request.resource_spans[0]
    span = resource.scope_spans[0].spans[0]
    span.ClearField("attributes")
    put_all(resource.resource.attributes, wide)
    put_all(resource.scope_spans[0].scope.attributes, middle)
    put_all(span.attributes, middle)
    put_all(span.events.add().attributes, narrow)
    put_all(span.links.add().attributes, narrow)
    assert peer.export(request, key=key).code is Code.OK
    query = (
        "SELECT ResourceAttributes, ScopeAttributes, SpanAttributes, Events.Attributes,"
        f" Links.Attributes FROM otel_traces WHERE TraceId = '{trace_id_of(request)}'"
    )
    eventually(lambda: rows(query))
    (row,) = rows(query)
    assert row == {
        "ResourceAttributes": wide | {"service.name": "fleet"},
        "ScopeAttributes": middle,
        "SpanAttributes": middle,
        "Events.Attributes": [narrow],
        "Links.Attributes": [narrow],
    }


def put_all(attributes: Any, texts: Texts) -> None:
    for name, text in texts.items():
        put(attributes.add(key=name).value, json.loads(text))


def put(value: Any, item: object) -> None:
    """Sets an AnyValue to what JSON says."""
    if isinstance(item, dict):
        value.kvlist_value.SetInParent()
        for name, inner in item.items():
            pair = value.kvlist_value.values.add(key=name)
            if inner is not None:
                put(pair.value, inner)
    elif isinstance(item, list):
        value.array_value.SetInParent()
        for inner in item:
            put(value.array_value.values.add(), inner)
    elif isinstance(item, str):
        value.string_value = item
    else:
        value.int_value = item


# Obligation 4: concurrent requests.


def test_concurrent_requests_are_all_stored(
    way: str, collector: Running, connect: Connect, key: str, rows: Select
) -> None:
    trace_id = os.urandom(16)
    requests = [traces(bytes([n]) * 8, trace_id=trace_id) for n in range(1, 17)]
    with ThreadPoolExecutor(8) as pool:
        shared = connect(way, collector)
        answers = list(pool.map(lambda request: shared.export(request, key=key), requests))
    assert {answer.code for answer in answers} == {Code.OK}
    eventually(lambda: len(stored(rows, requests[0])) == len(requests))


# Obligation 7: full success, and the empty request.


def test_full_success_leaves_partial_success_unset(peer: Peer, key: str) -> None:
    answer = peer.export(traces(), key=key)
    assert answer.code is Code.OK
    assert not answer.body.HasField("partial_success")


@pytest.mark.parametrize("kind", ["traces", "logs", "metrics"])
def test_an_empty_request_succeeds_and_stores_nothing(
    peer: Peer, key: str, collector: Running, kind: str
) -> None:
    answer = peer.export(b"", kind, key)
    assert answer.code is Code.OK
    assert not answer.body.HasField("partial_success")


def test_empty_envelopes_succeed(peer: Peer, key: str) -> None:
    # Obligation 19.
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add()
    request.resource_spans.add()
    answer = peer.export(request, key=key)
    assert (answer.code, answer.body.HasField("partial_success")) == (Code.OK, False)


# Obligations 8 and 20: partial success for single bad spans.


@pytest.mark.parametrize(
    ("trace_id", "span_id"),
    [
        (bytes(16), b"12345678"),
        (b"1234567890123456", bytes(8)),
        (b"", b"12345678"),
        (b"1234567890123456", b""),
        (b"123456789012345", b"12345678"),
        (b"12345678901234567", b"12345678"),
        (b"1234567890123456", b"1234567"),
        (b"1234567890123456", b"123456789"),
    ],
    ids=[
        "zero trace", "zero span", "no trace", "no span", "short trace", "long trace",
        "short span", "long span",
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["grpc-gzip", "protobuf-zstd", "json-identity"])
def test_a_span_with_an_impossible_id_is_rejected_alone(
    peer: Peer, key: str, collector: Running, rows: Select, trace_id: bytes, span_id: bytes
) -> None:
    request = traces(b"12345678", b"23456789", b"34567890")
    bad = request.resource_spans[0].scope_spans[0].spans[1]
    bad.trace_id, bad.span_id = trace_id, span_id
    accepted = collector.counted("otelcol_receiver_accepted_spans", transport=peer.transport)
    refused = collector.counted("otelcol_receiver_refused_spans", transport=peer.transport)
    answer = peer.export(request, key=key)
    assert answer.code is Code.OK
    assert answer.body.partial_success.rejected_spans == 1
    assert "trace_id of 16" in answer.body.partial_success.error_message
    eventually(lambda: len(stored(rows, request)) == 2)
    labels = {"transport": peer.transport}
    assert collector.counted("otelcol_receiver_accepted_spans", **labels) == accepted + 2
    assert collector.counted("otelcol_receiver_refused_spans", **labels) == refused + 1


def test_a_request_of_bad_spans_alone_is_a_partial_success_too(peer: Peer, key: str) -> None:
    answer = peer.export(traces(bytes(8), b"short"), key=key)
    assert (answer.code, answer.body.partial_success.rejected_spans) == (Code.OK, 2)


def test_times_that_make_no_sense_are_tolerated(peer: Peer, key: str, rows: Select) -> None:
    # Obligation 20: an end before its start, and no times at all.
    request = traces(b"12345678", b"23456789")
    backwards, timeless = request.resource_spans[0].scope_spans[0].spans
    backwards.end_time_unix_nano = backwards.start_time_unix_nano - 1
    timeless.ClearField("start_time_unix_nano")
    timeless.ClearField("end_time_unix_nano")
    answer = peer.export(request, key=key)
    assert (answer.code, answer.body.HasField("partial_success")) == (Code.OK, False)
    eventually(lambda: len(stored(rows, request)) == 2)


# Obligations 9 and 10: what is no OTLP request is refused for ever, with the reason.


@pytest.mark.parametrize("kind", ["traces", "logs", "metrics"])
def test_a_malformed_request_is_refused_as_bad_data(
    peer: Peer, key: str, collector: Running, kind: str
) -> None:
    failed = "otelcol_receiver_failed_requests"
    before = collector.counted(failed, transport=peer.transport, http_status="400")
    answer = peer.export(b"\x0a\xff{", kind, key)
    assert answer.code is Code.INVALID_ARGUMENT
    assert answer.details == [BAD_REQUEST]
    assert answer.status.message
    assert collector.counted(failed, transport=peer.transport, http_status="400") == before + 1


# Obligation 2: the size limit, before and after decompression.


def test_a_request_over_the_limit_is_refused_without_retry(peer: Peer, key: str) -> None:
    answer = peer.export(padded(traces(), 2 * BYTES_MAX), key=key)
    assert answer.code is Code.RESOURCE_EXHAUSTED
    assert answer.details == []
    assert peer.export(traces(), key=key).code is Code.OK


def test_a_request_that_grows_over_the_limit_is_refused_without_retry(peer: Peer, key: str) -> None:
    answer = peer.export(blank(traces(), 20 * BYTES_MAX), key=key)
    assert answer.code is Code.RESOURCE_EXHAUSTED
    assert answer.details == []


def test_a_request_just_under_the_limit_is_taken(peer: Peer, key: str) -> None:
    assert peer.export(blank(traces(), BYTES_MAX - 800), key=key).code is Code.OK


# Obligation 18: keys.


@pytest.mark.parametrize("key", ["", "nonsense", "wk_000000000000_secret"])
def test_a_caller_without_a_known_key_is_unauthenticated(peer: Peer, key: str) -> None:
    answer = peer.export(traces(), key=key)
    assert (answer.code, answer.details) == (Code.UNAUTHENTICATED, [])


def test_a_key_without_the_ingest_scope_is_denied(peer: Peer, reading_key: str) -> None:
    answer = peer.export(traces(), key=reading_key)
    assert (answer.code, answer.details) == (Code.PERMISSION_DENIED, [])
    assert "ingest" in answer.status.message


# Obligation 13: what is sent again after a lost acknowledge.


def test_a_repeated_request_is_acknowledged_and_stored_once(
    peer: Peer, key: str, collector: Running, rows: Select
) -> None:
    repeated = "wakeline_receiver_repeated_requests"
    before = collector.counted(repeated)
    request = traces(b"12345678")
    assert [peer.export(request, key=key).code for _ in range(3)] == [Code.OK] * 3
    after = traces(b"23456789", trace_id=bytes.fromhex(trace_id_of(request)))
    assert peer.export(after, key=key).code is Code.OK
    eventually(lambda: len(stored(rows, request)) >= 2)
    assert [row["SpanId"] for row in stored(rows, request)] == [
        b"12345678".hex(),
        b"23456789".hex(),
    ]
    assert collector.counted(repeated) == before + 2


# Obligation 19: fields of a later version of OTLP.


def test_unknown_fields_are_ignored(way: str, peer: Peer, key: str, rows: Select) -> None:
    request = traces(b"12345678")
    if way.startswith("json"):
        document = as_json(request)
        document["new"] = {"traceId": 7}
        document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["newer"] = [None, {}]
        body = json_bytes(document)
    else:
        span = request.resource_spans[0].scope_spans[0].spans[0]
        span.MergeFromString(b"\xba\x3e\x03new\xc0\x3e\x07")
        body = request.SerializeToString() + b"\xba\x3e\x03new"
    assert peer.export(body, key=key).code is Code.OK
    eventually(lambda: len(stored(rows, request)) == 1)
