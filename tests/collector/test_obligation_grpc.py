"""Does OTLP/gRPC answer what real channels, and some that are not so real, send?"""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator

import grpc
import pytest
from backports import zstd
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult

from collector.config import CollectorConfig
from domain.access import ANONYMOUS, Principal
from domain.errors import Unauthenticated
from storage.store import Store
from tests.collector import raw_http2
from tests.collector.otlp_requests import traces
from tests.collector.peers import SERVICES, TIMEOUT_S, Answer, Code, failed_call
from tests.collector.raw_http import RawHttp
from tests.collector.running import Running, eventually
from tests.collector.sdk_spans import finished_spans

BYTES_MAX = 64 * 1024
EXPORT = f"/{SERVICES['traces']}/Export"
FAILED = "otelcol_receiver_failed_requests"
KEY = "open sesame"


class OneKey:
    """Knows one key; others are refused with a text that gRPC has to encode."""

    def authenticate(self, key: str | None) -> Principal:
        if key != KEY:
            raise Unauthenticated("schlüssel\nfehlt")
        return ANONYMOUS


@pytest.fixture(scope="module")
def collector(engine: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("collector") / "spool"
    with Running(folder, engine, CollectorConfig(request_bytes_max=BYTES_MAX), OneKey()) as running:
        yield running


@pytest.fixture
def channel(collector: Running) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{collector.grpc_port}") as opened:
        yield opened


def call(
    channel: grpc.Channel, method: str, *, key: tuple[str, str] = ("x-api-key", KEY)
) -> Answer:
    export = channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)
    try:
        export(traces().SerializeToString(), metadata=(key,), timeout=TIMEOUT_S)
    except grpc.RpcError as error:
        return failed_call(error)
    return Answer(Code.OK)


# Obligation 4: the three services, unary, and nothing else.


@pytest.mark.parametrize(
    "method",
    [
        f"/{SERVICES['traces']}/Import",
        "/opentelemetry.proto.collector.trace.v2.TraceService/Export",
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
        "/v1/traces",
    ],
)
def test_an_unknown_method_is_unimplemented(channel: grpc.Channel, method: str) -> None:
    assert call(channel, method).code is Code.UNIMPLEMENTED


@pytest.mark.parametrize("header", ["x-api-key", "authorization"])
def test_keys_come_as_metadata(channel: grpc.Channel, header: str) -> None:
    # Obligation 18.
    text = KEY if header == "x-api-key" else f"Bearer {KEY}"
    assert call(channel, EXPORT, key=(header, text)).code is Code.OK
    refused = call(channel, EXPORT, key=(header, "wrong"))
    assert (refused.code, refused.status.message) == (Code.UNAUTHENTICATED, "schlüssel\nfehlt")


# On the wire a unary call is a stream of one message: what about none, two, or one that waits?


def stream(channel: grpc.Channel, *messages: bytes, key: str = KEY, stay: bool = False) -> Answer:
    """A call with any number of messages; `stay` does not end it after them."""
    export = channel.stream_unary(EXPORT, request_serializer=bytes, response_deserializer=bytes)
    answered = threading.Event()

    def send() -> Iterator[bytes]:
        yield from messages
        if stay:
            answered.wait(TIMEOUT_S)

    try:
        export(send(), metadata=(("x-api-key", key),), timeout=TIMEOUT_S)
    except grpc.RpcError as error:
        return failed_call(error)
    finally:
        answered.set()
    return Answer(Code.OK)


def test_the_key_is_checked_before_the_message_arrives(channel: grpc.Channel) -> None:
    assert stream(channel, key="wrong", stay=True).code is Code.UNAUTHENTICATED


def test_a_call_without_a_message_is_bad_data(collector: Running, channel: grpc.Channel) -> None:
    before = collector.counted(FAILED, transport="grpc", http_status="499")
    answer = stream(channel)
    assert (answer.code, answer.details) == (Code.INVALID_ARGUMENT, ["google.rpc.BadRequest"])
    assert collector.counted(FAILED, transport="grpc", http_status="499") == before + 1


@pytest.mark.parametrize("stay", [False, True])
def test_the_first_message_is_the_request(channel: grpc.Channel, stay: bool) -> None:
    body = traces().SerializeToString()
    assert stream(channel, body, body, stay=stay).code is Code.OK


def test_a_client_that_cancels_is_forgotten(collector: Running, channel: grpc.Channel) -> None:
    export = channel.stream_unary(EXPORT, request_serializer=bytes, response_deserializer=bytes)
    cancelled = threading.Event()

    def send() -> Iterator[bytes]:
        cancelled.wait(TIMEOUT_S)
        yield b""

    before = collector.counted("otelcol_receiver_requests", transport="grpc")
    begun = export.future(send(), metadata=(("x-api-key", KEY),), timeout=TIMEOUT_S)
    eventually(lambda: collector.counted("otelcol_receiver_requests", transport="grpc") > before)
    begun.cancel()  # type: ignore[no-untyped-call]
    cancelled.set()
    assert call(channel, EXPORT).code is Code.OK
    assert collector.pipeline.receiver.in_flight_bytes == 0


# Obligation 1: what grpcio cannot decompress is refused by grpcio. docs/decisions/0003.


def raw_call(collector: Running, coding: str, body: bytes, *, compressed: bool = True) -> bytes:
    headers = [("x-api-key", KEY), *([("grpc-encoding", coding)] if coding else [])]
    request = raw_http2.call_head(EXPORT, headers)
    return raw_http2.answer(
        collector.grpc_port, request + raw_http2.message(body, compressed=compressed)
    )


@pytest.mark.parametrize(
    ("coding", "compress"),
    [("identity", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)],
)
def test_the_codings_that_grpcio_knows_are_taken_and_named(
    collector: Running, coding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = compress(traces().SerializeToString())
    answer = raw_call(collector, coding, body, compressed=coding != "identity")
    assert b"grpc-status\x010" in answer
    assert b"identity, deflate, gzip" in answer


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        # The gRPC specification wants UNIMPLEMENTED; grpcio says INTERNAL. Neither is retried.
        ("zstd", zstd.compress(traces().SerializeToString())),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(traces().SerializeToString())[:-9]),
        ("", gzip.compress(traces().SerializeToString())),
    ],
    ids=["zstd", "garbage", "torn", "unnamed"],
)
def test_what_grpcio_cannot_decompress_is_refused_for_ever(
    collector: Running, coding: str, body: bytes
) -> None:
    assert b"grpc-status\x0213" in raw_call(collector, coding, body)


# Obligation 2, as seen by the collector's own counters.


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_a_message_that_grpcio_refuses_is_counted(
    collector: Running, channel: grpc.Channel, compression: grpc.Compression
) -> None:
    before = collector.counted(FAILED, transport="grpc", http_status="499")
    export = channel.unary_unary(EXPORT, request_serializer=bytes, response_deserializer=bytes)
    with pytest.raises(grpc.RpcError) as caught:
        export(
            bytes(2 * BYTES_MAX), metadata=(("x-api-key", KEY),), compression=compression,
            timeout=TIMEOUT_S,
        )  # fmt: skip
    answer = failed_call(caught.value)
    assert (answer.code, answer.details) == (Code.RESOURCE_EXHAUSTED, [])
    eventually(lambda: collector.counted(FAILED, transport="grpc", http_status="499") == before + 1)


def test_metadata_over_the_limit_is_refused_and_does_no_harm(channel: grpc.Channel) -> None:
    assert call(channel, EXPORT, key=("x-api-key", "k" * 100_000)).code is Code.RESOURCE_EXHAUSTED
    assert call(channel, EXPORT).code is Code.OK


def test_garbage_instead_of_http_2_does_no_harm(collector: Running, channel: grpc.Channel) -> None:
    with RawHttp(collector.grpc_port) as raw:
        raw.send(b"POST /v1/traces HTTP/1.1\r\nhost: c\r\n\r\n").read_to_end()
    assert call(channel, EXPORT).code is Code.OK


# Obligation 1 once more, with the exporter of the SDK.


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
def test_the_exporter_of_the_sdk_succeeds(
    collector: Running, compression: grpc.Compression
) -> None:
    exporter = OTLPSpanExporter(
        endpoint=f"127.0.0.1:{collector.grpc_port}", insecure=True, compression=compression,
        headers={"authorization": f"Bearer {KEY}"},
    )  # fmt: skip
    assert exporter.export(finished_spans()) is SpanExportResult.SUCCESS
    exporter.shutdown()
