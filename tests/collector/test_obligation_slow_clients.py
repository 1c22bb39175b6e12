"""Can clients that send slowly, or nothing, or go away, keep the collector from others?"""

import threading
from collections.abc import Iterator

import grpc
import pytest

from collector.config import CollectorConfig
from storage.store import Store
from tests.collector.conftest import Connect, Launch
from tests.collector.otlp_requests import traces
from tests.collector.peers import SERVICES, TIMEOUT_S, Code, failed_call
from tests.collector.raw_http import RawHttp, post
from tests.collector.running import Running, eventually

CONNECTIONS_MAX = 8
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FAILED = "otelcol_receiver_failed_requests"


@pytest.fixture(scope="module")
def collector(engine: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    config = CollectorConfig(receive_seconds_max=0.5, idle_seconds_max=1.0)
    with Running(tmp_path_factory.mktemp("collector") / "spool", engine, config) as running:
        yield running


@pytest.fixture
def raw(collector: Running) -> Iterator[RawHttp]:
    with RawHttp(collector.http_port) as connection:
        yield connection


@pytest.mark.parametrize("head", [b"", b"\r\n", b"P", b"POST /v1/traces HTTP/1.1\r\nhost: c\r\nx:"])
def test_a_head_that_does_not_arrive_ends_the_connection(raw: RawHttp, head: bytes) -> None:
    assert raw.send(head).closed()


def test_a_second_head_that_does_not_arrive_ends_the_connection(raw: RawHttp) -> None:
    raw.send(post(traces().SerializeToString()) + b"POST /v1/traces HTTP/1.1\r\n")
    assert raw.answer().code == 200
    assert raw.closed()


@pytest.mark.parametrize("blank", [b"", b"\r\n\r\n"])
def test_an_idle_connection_is_ended_even_after_blank_lines(raw: RawHttp, blank: bytes) -> None:
    assert raw.send(post()).answer().code == 200
    assert raw.send(blank).closed()


def test_a_body_that_does_not_arrive_is_to_be_sent_again(collector: Running, raw: RawHttp) -> None:
    # Obligation 11: exporters drop what was answered with 408.
    before = collector.counted(FAILED, transport="http", http_status="503")
    raw.send(post(b"", content_length="1000") + b"0123456789")
    answer = raw.answer()
    assert (answer.code, answer.headers["retry-after"]) == (503, "1")
    assert answer.status.code == Code.UNAVAILABLE.value[0]
    assert raw.closed()
    assert collector.counted(FAILED, transport="http", http_status="503") == before + 1
    assert collector.pipeline.receiver.in_flight_bytes == 0


def test_a_refused_body_is_not_waited_for_longer(raw: RawHttp) -> None:
    answer = raw.send(post(b"", content_length="1000", path="/")).answer()
    assert (answer.code, answer.headers["connection"]) == (404, "close")
    assert raw.closed()


def test_a_client_that_goes_away_within_its_body_is_forgotten(collector: Running) -> None:
    before = collector.counted(FAILED, transport="http", http_status="499")
    for path in ("/v1/traces", "/"):
        with RawHttp(collector.http_port) as raw:
            raw.send(post(b"", path, content_length="1000") + b"0123456789")
    eventually(lambda: collector.counted(FAILED, http_status="499") == before + 1)
    assert collector.pipeline.receiver.in_flight_bytes == 0


def test_a_call_without_its_message_is_to_be_sent_again(collector: Running) -> None:
    before = collector.counted(FAILED, transport="grpc", http_status="503")
    never = threading.Event()

    def nothing() -> Iterator[bytes]:
        never.wait(TIMEOUT_S)
        yield b""

    with grpc.insecure_channel(f"127.0.0.1:{collector.grpc_port}") as channel:
        export = channel.stream_unary(
            f"/{SERVICES['traces']}/Export", request_serializer=bytes, response_deserializer=bytes
        )
        with pytest.raises(grpc.RpcError) as caught:
            export(nothing(), timeout=TIMEOUT_S)
        never.set()
    answer = failed_call(caught.value)
    assert (answer.code, answer.retry_delay_s) == (Code.UNAVAILABLE, 1.0)
    assert collector.counted(FAILED, transport="grpc", http_status="503") == before + 1


@pytest.mark.parametrize("data", [b"", b"PRI", PREFACE], ids=["silence", "half", "preface"])
def test_a_grpc_connection_that_says_nothing_is_ended(launch: Launch, data: bytes) -> None:
    # Long before it would count as idle.
    with RawHttp(launch(receive_seconds_max=0.2).grpc_port) as raw:
        raw.send(data)
        raw.read_to_end()


@pytest.mark.parametrize("way", ["grpc-identity", "protobuf-identity"])
def test_others_are_served_while_slow_clients_hang(
    launch: Launch, connect: Connect, way: str
) -> None:
    running = launch(connections_max=CONNECTIONS_MAX)
    slow = [RawHttp(running.http_port) for _ in range(CONNECTIONS_MAX - 1)]
    slow += [RawHttp(running.grpc_port) for _ in range(CONNECTIONS_MAX - 1)]
    for raw in slow:
        raw.send(b"P")
    assert connect(way, running).export(traces()).code is Code.OK
    for raw in slow:
        raw.close()


def test_grpc_connections_over_the_limit_are_refused_and_do_no_harm(
    launch: Launch, connect: Connect
) -> None:
    running = launch(connections_max=CONNECTIONS_MAX)
    peer = connect("grpc-identity", running)
    assert peer.export(traces()).code is Code.OK
    crowd = [RawHttp(running.grpc_port) for _ in range(2 * CONNECTIONS_MAX)]
    for connection in crowd[CONNECTIONS_MAX:]:
        assert connection.closed()
    assert peer.export(traces()).code is Code.OK
    for connection in crowd:
        connection.close()
