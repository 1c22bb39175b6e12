"""When the collector cannot take a request, does it keep what it promised and say when to retry?"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from collector import records
from domain.access import ANONYMOUS, Principal
from storage.store import Store
from tests.collector.conftest import Connect, Launch, Select
from tests.collector.otlp_requests import blank, logs, padded, trace_id_of, traces
from tests.collector.peers import WAYS, Answer, Code
from tests.collector.raw_http import RawHttp, post
from tests.collector.running import Running, eventually

NO_STORE = "clickhouse://127.0.0.1:1/default"
KEEP = {"drain_seconds": 0, "segment_age_ms": 30}
SPANS = "otelcol_receiver_{}_spans"


@pytest.fixture
def unreachable() -> Store:
    """A server's store whose port nobody listens on."""
    return Store(NO_STORE)


def assert_retryable(answer: Answer, transport: str) -> None:
    """Obligations 11 and 12: a code that clients retry, and when."""
    assert answer.code is Code.UNAVAILABLE
    assert answer.details == ["google.rpc.RetryInfo"]
    assert answer.retry_delay_s is not None
    assert answer.retry_delay_s >= 1
    if transport == "http":
        assert int(answer.headers["retry-after"]) >= 1


def spooled_trace_ids(running: Running) -> set[str]:
    """Of the first span of each record that is on disk now, read as a new process would."""
    found = set()
    for path in sorted(running.folder.glob("*.segment")):
        data = path.read_bytes()
        for record in records.scan(data):
            assert not record.damage
            request = type(traces()).FromString(data[record.body_start : record.end])
            found.add(trace_id_of(request))
    return found


# Obligation 21: acknowledged means durable, whatever the database does.


def test_what_is_acknowledged_while_the_store_is_down_is_on_disk_and_stored_later(
    launch: Launch, connect: Connect, unreachable: Store, rows: Select
) -> None:
    running = launch(unreachable, folder="kept", spool=KEEP)
    sent = {}
    for way in WAYS:
        request = traces(b"12345678")
        assert connect(way, running).export(request).code is Code.OK
        sent[way] = trace_id_of(request)
        assert sent[way] in spooled_trace_ids(running)
    assert running.stop() is False

    launch(folder="kept", spool=KEEP)
    ids = ", ".join(f"'{trace_id}'" for trace_id in sent.values())
    query = f"SELECT TraceId FROM otel_traces WHERE TraceId IN ({ids})"
    eventually(lambda: len(rows(query)) >= len(WAYS))
    assert sorted(row["TraceId"] for row in rows(query)) == sorted(sent.values())


# Obligations 11 and 12: backpressure.


def test_a_full_spool_asks_to_send_again(
    launch: Launch, connect: Connect, unreachable: Store
) -> None:
    running = launch(unreachable, spool=KEEP | {"bytes_max": 1024**2})
    assert connect("grpc-identity", running).export(padded(traces(), 800_000)).code is Code.OK
    for way in WAYS:
        peer = connect(way, running)
        labels = {"transport": peer.transport}
        refused = running.counted(SPANS.format("refused"), **labels)
        accepted = running.counted(SPANS.format("accepted"), **labels)
        requests = running.counted("otelcol_receiver_requests", **labels)
        answer = peer.export(padded(traces(b"12345678", b"23456789"), 300_000))
        assert_retryable(answer, peer.transport)
        assert "spool" in answer.status.message
        assert running.counted(SPANS.format("refused"), **labels) == refused + 2
        assert running.counted(SPANS.format("accepted"), **labels) == accepted
        assert running.counted("otelcol_receiver_requests", **labels) == requests + 1
    assert running.counted(SPANS.format("failed")) == 0


@pytest.mark.parametrize("way", ["grpc-identity", "json-gzip"])
def test_a_full_disk_asks_to_send_again(launch: Launch, connect: Connect, way: str) -> None:
    running = launch(spool=KEEP | {"disk_free_bytes_min": 2**62})
    peer = connect(way, running)
    answers = [peer.export(logs(str(number)), "logs") for number in range(2)]
    assert_retryable(answers[-1], peer.transport)
    refused = running.counted("otelcol_receiver_refused_log_records", transport=peer.transport)
    assert refused == sum(answer.code is Code.UNAVAILABLE for answer in answers)


@pytest.mark.parametrize("grow", [padded, blank])
def test_too_many_bytes_at_once_ask_to_send_again(
    launch: Launch, connect: Connect, grow: Callable[[Any, int], Any]
) -> None:
    """`blank` is small as it arrives, and too much only when it is decompressed."""
    bytes_max = 16 * 1024
    running = launch(request_bytes_max=bytes_max, in_flight_bytes_max=2 * bytes_max)
    receiver = running.pipeline.receiver
    with RawHttp(running.http_port) as first, RawHttp(running.http_port) as second:
        for raw in (first, second):
            raw.send(post(b"", content_length=str(bytes_max)) + bytes(bytes_max - 200))
        eventually(lambda: receiver.in_flight_bytes == 2 * (bytes_max - 200))
        for way in WAYS:
            peer = connect(way, running)
            answer = peer.export(grow(traces(), 2000))
            assert_retryable(answer, peer.transport)
        assert receiver.in_flight_bytes == 2 * (bytes_max - 200)
    eventually(lambda: receiver.in_flight_bytes == 0)
    for way in WAYS:
        assert connect(way, running).export(grow(traces(), 2000)).code is Code.OK
    eventually(lambda: receiver.in_flight_bytes == 0)


@pytest.mark.parametrize("way", WAYS)
def test_a_big_request_is_read_beside_the_event_loop(
    launch: Launch, connect: Connect, way: str, rows: Select
) -> None:
    running = launch(spool=KEEP)
    request = padded(traces(b"12345678"), 1_200_000)
    assert connect(way, running).export(request).code is Code.OK
    assert any(thread.name.startswith("big-bodies") for thread in threading.enumerate())
    trace_id = trace_id_of(request)
    eventually(lambda: rows(f"SELECT SpanId FROM otel_traces WHERE TraceId = '{trace_id}'"))
    assert running.pipeline.receiver.in_flight_bytes == 0


# Obligation 13: the same bytes, sent many times at once.


def test_a_request_that_arrives_many_times_at_once_is_stored_once(
    launch: Launch, connect: Connect, rows: Select
) -> None:
    running = launch(spool=KEEP)
    request = traces(b"12345678")
    start = threading.Barrier(8)
    peer = connect("protobuf-identity", running)

    def export(_: int) -> Code:
        start.wait()
        return peer.export(request).code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(export, range(8))) == {Code.OK}
    query = f"SELECT SpanId FROM otel_traces WHERE TraceId = '{trace_id_of(request)}'"
    assert running.stop()
    assert len(rows(query)) == 1
    assert running.counted("wakeline_receiver_repeated_requests") == 7


# A bug of ours must not lose what a client holds: never 500, which clients do not retry.


class Surprised:
    """An authenticator or a retention rule with a bug that quotes what it was given."""

    def authenticate(self, key: str | None) -> Principal:
        raise ZeroDivisionError(f"the secret is {key}")

    def days(self, tenant: str) -> int:
        raise ZeroDivisionError(f"the tenant is {tenant}")


@pytest.mark.parametrize("way", WAYS)
def test_an_unforeseen_error_is_logged_without_content_and_asks_to_send_again(
    launch: Launch, connect: Connect, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    running = launch(retention_days=Surprised().days)
    peer = connect(way, running)
    with caplog.at_level(logging.ERROR, "wakeline.collector"):
        answer = peer.export(traces(b"12345678", b"23456789"))
    assert_retryable(answer, peer.transport)
    labels = {"transport": peer.transport}
    assert running.counted(SPANS.format("failed"), **labels) == 2
    assert running.counted(SPANS.format("refused")) == 0
    assert running.counted(SPANS.format("accepted")) == 0
    (line,) = [record.getMessage() for record in caplog.records]
    assert "ZeroDivisionError" in line
    assert "in days" in line
    assert ANONYMOUS.tenant not in line
    assert running.pipeline.receiver.in_flight_bytes == 0


@pytest.mark.parametrize("way", ["grpc-identity", "json-identity"])
def test_an_authenticator_that_fails_asks_to_send_again(
    launch: Launch, connect: Connect, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    running = launch(authenticator=Surprised())
    peer = connect(way, running)
    with caplog.at_level(logging.ERROR, "wakeline.collector"):
        assert_retryable(peer.export(traces(), key="hunter2"), peer.transport)
    assert "hunter2" not in caplog.text
    failed = "otelcol_receiver_failed_requests"
    assert running.counted(failed, transport=peer.transport, http_status="503") == 1
