"""Does OTLP/HTTP answer everything that arrives on its port, in order, and in the right words?"""

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from backports import zstd
from google.rpc import status_pb2
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import SpanExportResult

from collector.config import CollectorConfig
from domain.access import Scope
from governance import keys
from governance.keys import KeyRing
from storage.keys import KeyRows
from storage.store import Store
from tests.collector.otlp_requests import as_json, json_bytes, traces
from tests.collector.peers import JSON, PROTOBUF, Code
from tests.collector.raw_http import RawAnswer, RawHttp, chunked, post
from tests.collector.running import Running
from tests.collector.sdk_spans import finished_spans

BYTES_MAX = 64 * 1024
CONNECTIONS_MAX = 20


@pytest.fixture(scope="module")
def ring(engine: Store) -> KeyRing:
    return KeyRing(KeyRows(engine))


@pytest.fixture(scope="module")
def key(engine: Store, ring: KeyRing) -> str:
    _, text = keys.create(KeyRows(engine), "acme", "agents", [Scope.INGEST])
    ring.refresh()
    return text


@pytest.fixture(scope="module")
def collector(
    engine: Store, ring: KeyRing, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    config = CollectorConfig(request_bytes_max=BYTES_MAX, connections_max=CONNECTIONS_MAX)
    with Running(tmp_path_factory.mktemp("collector") / "spool", engine, config, ring) as running:
        yield running


@pytest.fixture
def raw(collector: Running) -> Iterator[RawHttp]:
    with RawHttp(collector.http_port) as connection:
        yield connection


@pytest.fixture
def auth(key: str) -> dict[str, Any]:
    return {"authorization": f"Bearer {key}"}


def good() -> bytes:
    body: bytes = traces().SerializeToString()
    return body


# Obligation 5: paths, and both encodings on one port by Content-Type.


@pytest.mark.parametrize(
    "media_type",
    [
        "application/x-protobuf",
        "Application/X-Protobuf",
        "application/x-protobuf; charset=utf-8",
        "application/json",
        "application/json;charset=utf-8",
        " application/JSON ; a=b; c=d",
    ],
)
def test_the_content_type_chooses_the_encoding_whatever_its_case_and_parameters(
    raw: RawHttp, auth: dict[str, Any], media_type: str
) -> None:
    is_json = "json" in media_type.lower()
    body = json_bytes(as_json(traces())) if is_json else good()
    answer = raw.send(post(body, media_type=media_type, **auth)).answer()
    assert answer.code == 200
    assert answer.headers["content-type"] == (JSON if is_json else PROTOBUF)
    assert answer.body == (b"{}" if is_json else b"")


@pytest.mark.parametrize("path", ["/v1/traces?x=1", "/v1/logs", "/v1/metrics"])
def test_each_signal_has_its_path(raw: RawHttp, auth: dict[str, Any], path: str) -> None:
    assert raw.send(post(b"", path, **auth)).answer().code == 200


# Obligations 9 and 16: the status of each mistake, with google.rpc.Status in the right encoding.

WRONG = [
    ("404", {"path": "/"}, 404, Code.UNIMPLEMENTED),
    ("404 prefix", {"path": "/v1/traces/"}, 404, Code.UNIMPLEMENTED),
    ("404 profiles", {"path": "/v1development/profiles"}, 404, Code.UNIMPLEMENTED),
    ("415", {"media_type": "text/plain"}, 415, Code.UNIMPLEMENTED),
    ("415 none", {"media_type": ""}, 415, Code.UNIMPLEMENTED),
    ("415 coding", {"content_encoding": "br"}, 415, Code.UNIMPLEMENTED),
    ("415 twice", {"content_encoding": "gzip, gzip"}, 415, Code.UNIMPLEMENTED),
    ("415 json", {"media_type": JSON, "content_encoding": "br"}, 415, Code.UNIMPLEMENTED),
    ("401", {"authorization": "Bearer nobody"}, 401, Code.UNAUTHENTICATED),
    ("401 basic", {"authorization": "Basic é"}, 401, Code.UNAUTHENTICATED),
    ("401 bytes", {"x_api_key": "wk_é_\x80\xff"}, 401, Code.UNAUTHENTICATED),
    ("401 json", {"media_type": JSON, "authorization": ""}, 401, Code.UNAUTHENTICATED),
    ("413", {"content_length": str(BYTES_MAX + 1)}, 413, Code.RESOURCE_EXHAUSTED),
    ("413 huge", {"content_length": str(2**63)}, 413, Code.RESOURCE_EXHAUSTED),
]


@pytest.mark.parametrize(
    ("change", "http_status", "code"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_a_mistake_in_the_head_is_told_before_the_body_is_sent(
    raw: RawHttp, auth: dict[str, Any], change: dict[str, str], http_status: int, code: Code
) -> None:
    # The client waits for 100 Continue, so an answer shows that the body was not waited for.
    request: dict[str, Any] = {"content_length": "10", "expect": "100-continue"} | auth | change
    answer = raw.send(post(**request)).answer()
    assert answer.code == http_status
    assert answer.headers["content-type"] == (
        JSON if request.get("media_type") == JSON else PROTOBUF
    )
    assert answer.status.code == code.value[0]
    assert answer.status.message
    assert answer.headers["connection"] == "close"
    assert raw.closed()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_not_allowed(raw: RawHttp, method: str) -> None:
    answer = raw.send(f"{method} /v1/traces HTTP/1.1\r\nhost: c\r\n\r\n".encode()).answer()
    assert (answer.code, answer.headers["allow"]) == (405, "POST")
    assert answer.status.code == Code.UNIMPLEMENTED.value[0]


def test_head_is_answered_without_a_body(raw: RawHttp, auth: dict[str, Any]) -> None:
    answer = raw.send(b"HEAD /v1/traces HTTP/1.1\r\nhost: c\r\n\r\n").answer(has_body=False)
    assert answer.code == 405
    assert raw.send(post(good(), **auth)).answer().code == 200


def test_a_401_names_the_scheme_and_a_415_the_codings(raw: RawHttp) -> None:
    assert raw.send(post(good())).answer().headers["www-authenticate"] == "Bearer"
    refused = raw.send(post(b"", content_encoding="br")).answer()
    assert refused.headers["accept-encoding"] == "identity, deflate, gzip, zstd"


@pytest.mark.parametrize("spell", ["Bearer {}", "bearer  {}", "basic"])
def test_keys_come_in_every_header_that_exporters_can_set(
    raw: RawHttp, key: str, spell: str
) -> None:
    value = httpx.BasicAuth("user", key)._auth_header if spell == "basic" else spell.format(key)
    assert raw.send(post(good(), authorization=value)).answer().code == 200
    assert raw.send(post(good(), x_api_key=key)).answer().code == 200


# A client that writes its whole body before it reads must still get the answer.


@pytest.mark.parametrize("change", [{"path": "/"}, {"media_type": "x"}, {"authorization": "x"}, {}])
def test_a_body_in_flight_is_taken_off_before_the_answer(
    raw: RawHttp, auth: dict[str, Any], change: dict[str, str]
) -> None:
    request: dict[str, Any] = auth | change
    answer = raw.send(post(bytes(2 * BYTES_MAX), **request)).answer()
    assert 400 <= answer.code < 500
    # All of the body is gone, so the connection can go on.
    assert "connection" not in answer.headers
    assert raw.send(post(good(), **auth)).answer().code == 200


def test_a_body_far_over_the_limit_is_not_read_to_its_end(
    collector: Running, auth: dict[str, Any]
) -> None:
    with RawHttp(collector.http_port) as raw:
        raw.send(post(b"", content_length=str(2**40), **auth))
        answer = raw.send(bytes(2 * BYTES_MAX + 1)).answer()
        assert (answer.code, answer.headers["connection"]) == (413, "close")
        assert raw.closed()


def test_a_client_that_expects_to_continue_is_told_to(raw: RawHttp, auth: dict[str, Any]) -> None:
    body = good()
    raw.send(post(b"", content_length=str(len(body)), expect="100-continue", **auth))
    assert raw.answer(has_body=False).code == 100
    assert raw.send(body).answer().code == 200


# Obligation 15: keep-alive, and what HTTP/1.1 allows.


def test_a_connection_serves_again_after_every_kind_of_error(
    raw: RawHttp, auth: dict[str, Any]
) -> None:
    for request in (
        post(b"", "/"),
        post(b"body", media_type="text/plain"),
        post(b"body"),
        post(b"\xff", **auth),
        post(b"{", media_type=JSON, **auth),
        post(b"no gzip", content_encoding="gzip", **auth),
    ):
        assert 400 <= raw.send(request).answer().code < 500
        assert raw.send(post(good(), **auth)).answer().code == 200


def test_pipelined_requests_are_answered_in_order(raw: RawHttp, auth: dict[str, Any]) -> None:
    raw.send(post(good(), **auth) + post(b"", "/") + post(good()) + post(good(), **auth))
    assert [raw.answer().code for _ in range(4)] == [200, 404, 401, 200]


def test_http_1_0_is_answered_and_closed(raw: RawHttp, auth: dict[str, Any]) -> None:
    request = post(good(), **auth).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    assert raw.send(request).answer().code == 200
    assert raw.closed()


def test_a_client_that_offers_http_2_goes_on_with_http_1(
    raw: RawHttp, auth: dict[str, Any]
) -> None:
    # The JDK's client does so with its first request on each connection.
    upgrade = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2_settings": "AAMA"}
    for _ in range(2):
        assert raw.send(post(good(), **auth, **upgrade)).answer().code == 200
    assert raw.send(post(good(), **auth)).answer().code == 200


def test_a_chunked_body_is_read(raw: RawHttp, auth: dict[str, Any]) -> None:
    body = good()
    request = post(**auth, transfer_encoding="chunked") + chunked(body[:7], body[7:8], body[8:])
    assert raw.send(request).answer().code == 200


def test_a_body_of_many_tiny_chunks_is_read(raw: RawHttp, auth: dict[str, Any]) -> None:
    body = json_bytes(as_json(traces())).ljust(60_000)
    chunks = chunked(*(bytes([byte]) for byte in body))
    request = post(media_type=JSON, transfer_encoding="chunked", **auth) + chunks
    assert raw.send(request).answer().code == 200


def test_a_chunked_body_over_the_limit_is_refused(raw: RawHttp, auth: dict[str, Any]) -> None:
    request = post(**auth, transfer_encoding="chunked") + chunked(*[bytes(BYTES_MAX // 2)] * 3)
    assert raw.send(request).answer().code == 413
    assert raw.send(post(good(), **auth)).answer().code == 200


# Obligation 1: what a body may be wrapped in.


@pytest.mark.parametrize(
    ("coding", "wrap", "http_status"),
    [
        ("identity", bytes, 200),
        ("", bytes, 200),
        (" GZip ", gzip.compress, 200),
        ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:]), 200),
        ("zstd", lambda body: zstd.compress(body[:9]) + zstd.compress(body[9:]), 200),
        ("deflate", zlib.compress, 200),
        ("gzip", lambda body: b"", 200),
        ("gzip", lambda body: gzip.compress(body) + b"\0", 400),
        ("gzip", lambda body: gzip.compress(body) + b"garbage", 400),
        ("gzip", lambda body: gzip.compress(body)[:-1], 400),
        ("gzip", lambda body: gzip.compress(gzip.compress(body)), 400),
        ("gzip", lambda body: gzip.compress(b"") * 1000, 400),
        ("gzip", zstd.compress, 400),
        ("zstd", lambda body: zstd.compress(body) + b"garbage", 400),
        ("zstd", lambda body: zstd.compress(body)[:-1], 400),
        ("zstd", lambda body: zstd.compress(b"") * 1000, 400),
        ("zstd", gzip.compress, 400),
        ("identity", gzip.compress, 400),
    ],
)
def test_a_coding_is_undone_or_refused_as_bad_data(
    raw: RawHttp, auth: dict[str, Any], coding: str, wrap: Any, http_status: int
) -> None:
    answer = raw.send(post(wrap(good()), content_encoding=coding, **auth)).answer()
    assert answer.code == http_status
    if http_status == 400:
        assert answer.status.code == Code.INVALID_ARGUMENT.value[0]


# Obligation 9 again: what is no HTTP request at all.


def assert_refused(raw: RawHttp, http_status: int) -> RawAnswer:
    answer = raw.answer()
    assert answer.code == http_status
    assert answer.status.message
    assert answer.headers["connection"] == "close"
    assert raw.closed()
    return answer


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS by mistake\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST  HTTP/1.1\r\n\r\n",
        b"CONNECT c:443 HTTP/1.1\r\nhost: c\r\n\r\n",
        b"POST /v1/traces HTTP/1.1\r\nhost : c\r\n\r\n",
        b"POST /v1/\xc3\xa9 HTTP/1.1\r\nhost: c\r\n\r\n",
        b"POST http://[::/ HTTP/1.1\r\nhost: c\r\n\r\n",
        post(b"", content_length="-1"),
        post(b"", content_length="+5"),
        post(b"", content_length="0x5"),
        post(b"", content_length="\xb2"),
        post(b"", content_length="5, 5"),
        post(b"", content_length=str(2**64)),
        post(b"", transfer_encoding="gzip"),
        # Two answers to the question where the body ends are how requests are smuggled.
        post(b"12345", transfer_encoding="chunked", content_length="5"),
        post(b"", transfer_encoding="chunked, identity"),
        post(b"").replace(b"content-length: 0", b"content-length: 0\r\ncontent-length: 5"),
    ],
    ids=range(17),
)  # fmt: skip
def test_what_is_no_http_request_is_refused_and_hung_up(raw: RawHttp, data: bytes) -> None:
    assert_refused(raw.send(data), 400)


def test_a_broken_chunk_is_refused_and_hung_up(raw: RawHttp, auth: dict[str, Any]) -> None:
    raw.send(post(**auth, transfer_encoding="chunked") + b"zz\r\n")
    assert_refused(raw, 400)


@pytest.mark.parametrize(
    "bomb",
    [
        b"POST /v1/traces HTTP/1.1\r\nx: " + b"a" * 300_000,
        b"POST /" + b"a" * 300_000,
        post(b"", x="a" * 70_000),
        b"POST /v1/traces HTTP/1.1\r\n" + b"x: y\r\n" * 30_000,
    ],
    ids=["header", "path", "whole", "many"],
)
def test_a_head_over_the_limit_is_refused_and_goes_no_further(
    collector: Running, raw: RawHttp, bomb: bytes
) -> None:
    requests = collector.counted("otelcol_receiver_requests", transport="http")
    assert_refused(raw.send(bomb), 431)
    assert collector.counted("otelcol_receiver_requests", transport="http") == requests


@pytest.mark.parametrize(
    "bomb",
    [
        b"1;" + b"a" * 300_000,
        (b"1;" + b"a" * 5_000 + b"\r\nx\r\n") * 120,
        b"0\r\nx: " + b"a" * 300_000,
        b"0\r\n" + b"x: y\r\n" * 60_000,
    ],
    ids=["extension", "extensions", "trailer", "trailers"],
)
def test_what_frames_a_body_is_bounded_too(raw: RawHttp, auth: dict[str, Any], bomb: bytes) -> None:
    raw.send(post(**auth, transfer_encoding="chunked") + chunked(b"x")[:-5])
    assert_refused(raw.send(bomb), 431)


# Limits on connections.


def test_a_connection_over_the_limit_is_told_to_come_back(
    collector: Running, auth: dict[str, Any]
) -> None:
    connections = [RawHttp(collector.http_port) for _ in range(CONNECTIONS_MAX)]
    try:
        for connection in connections:
            assert connection.send(post(good(), **auth)).answer().code == 200
        with RawHttp(collector.http_port) as one_more:
            assert assert_refused(one_more, 503).headers["retry-after"] == "1"
        assert connections[0].send(post(good(), **auth)).answer().code == 200
    finally:
        for connection in connections:
            connection.close()


# Obligation 3: an answer is small, whatever was asked.


def test_an_error_message_is_short_whatever_the_request_says(
    raw: RawHttp, auth: dict[str, Any]
) -> None:
    answer = raw.send(post(b"", media_type="x" * 60_000, **auth)).answer()
    assert answer.code == 415
    assert len(answer.body) < 5000
    assert isinstance(answer.status, status_pb2.Status)


# Obligation 14: the ports that exporters try first, and nobody else's interface.


def test_the_ports_are_those_of_otlp_on_loopback(collector: Running) -> None:
    default = CollectorConfig()
    assert (default.grpc_port, default.http_port) == (4317, 4318)
    assert default.host == collector.config.host == "127.0.0.1"


# Obligation 1 once more, with the exporter of the SDK.


@pytest.mark.parametrize("compression", list(Compression))
def test_the_exporter_of_the_sdk_succeeds(
    collector: Running, key: str, compression: Compression
) -> None:
    exporter = OTLPSpanExporter(
        endpoint=f"http://127.0.0.1:{collector.http_port}/v1/traces",
        headers={"authorization": f"Bearer {key}"},
        compression=compression,
    )
    assert exporter.export(finished_spans()) is SpanExportResult.SUCCESS
    exporter.shutdown()  # type: ignore[no-untyped-call]
