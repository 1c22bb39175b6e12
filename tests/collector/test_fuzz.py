"""Whatever bytes arrive: no crash, no answer but those that are meant, no memory that stays."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from collector import compression, intake, nesting
from collector.compression import Coding, SizeLimit
from collector.config import CollectorConfig
from collector.intake import Encoding
from domain.envelope import Signal
from domain.errors import InvalidInput
from storage.store import Store
from tests.collector import fuzzed_bodies, otlp_requests
from tests.collector.conftest import Select
from tests.collector.otlp_requests import traces
from tests.collector.peers import JSON, PROTOBUF
from tests.collector.raw_http import RawHttp, chunked, post
from tests.collector.running import Running, eventually

BYTES_MAX = 64 * 1024
GROWTH_BYTES_MAX = 64 * 2**20
LIMIT = SizeLimit("collector.request_bytes_max", BYTES_MAX)
READ_STATUSES = {200, 400, 413, 415}

many = settings(max_examples=250, suppress_health_check=list(HealthCheck))
some = settings(max_examples=120, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def collector(engine: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Drained at the end: what was accepted was stored, or lies with the dead letters."""
    folder = tmp_path_factory.mktemp("collector") / "spool"
    config = CollectorConfig(request_bytes_max=BYTES_MAX)
    running = Running(folder, engine, config)
    yield running
    assert running.stop()
    assert not list(folder.glob("*.segment"))


@pytest.fixture
def bounded_memory() -> Iterator[None]:
    """The resident size of this process hardly grows."""
    before = resident_bytes()
    yield
    assert resident_bytes() - before < GROWTH_BYTES_MAX


def resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def assert_stores(collector: Running, rows: Select) -> None:
    """Everything behind the ports still works."""
    request = traces(b"12345678")
    with RawHttp(collector.http_port) as raw:
        assert raw.send(post(request.SerializeToString())).answer().code == 200
    trace_id = otlp_requests.trace_id_of(request)
    eventually(lambda: rows(f"SELECT 1 FROM otel_traces WHERE TraceId = '{trace_id}'"))


# In process, where examples are cheap.


@pytest.mark.usefixtures("bounded_memory")
@pytest.mark.parametrize(
    ("encoding", "bodies"),
    [
        (Encoding.PROTOBUF, fuzzed_bodies.protobuf_bodies),
        (Encoding.JSON, fuzzed_bodies.json_bodies),
    ],
)
@many
@given(data=st.data())
def test_a_body_is_read_or_bad_data(
    encoding: Encoding, bodies: st.SearchStrategy[bytes], data: st.DataObject
) -> None:
    body = data.draw(bodies)
    for signal in Signal:
        with suppress(InvalidInput):
            batch = intake.read(signal, encoding, "acme", body)
            # What is spooled is a request that the engine can hold.
            message, fits = nesting.parse(signal, batch.body)
            assert fits
            assert intake.read(signal, Encoding.PROTOBUF, "acme", batch.body).rejected == 0
            assert batch.items + batch.rejected >= 0
            assert message.ByteSize() <= len(body) * 20 + 1000
    with suppress(InvalidInput):
        assert intake.count_metric_points(encoding, body) >= 0


@pytest.mark.usefixtures("bounded_memory")
@many
@given(fuzzed_bodies.codings)
def test_a_coding_is_undone_or_bad_data(coded: tuple[str, bytes]) -> None:
    coding, body = coded
    with suppress(InvalidInput):
        assert len(compression.decompress(Coding(coding), body, LIMIT)) <= BYTES_MAX


# Through the socket.


@pytest.mark.usefixtures("bounded_memory")
def test_no_body_is_answered_but_as_read_or_refused(collector: Running, rows: Select) -> None:
    with RawHttp(collector.http_port) as raw:
        paths = st.sampled_from(["/v1/traces", "/v1/logs", "/v1/metrics"])
        media_types = st.sampled_from([PROTOBUF, JSON, f"{JSON}; charset=utf-8"])

        @some
        @given(fuzzed_bodies.codings, paths, media_types, st.booleans())
        @example(("gzip", b"\x1f\x8b"), "/v1/traces", JSON, True)
        def fuzz(coded: tuple[str, bytes], path: str, media_type: str, in_chunks: bool) -> None:
            coding, body = coded
            if in_chunks and body:
                head = post(
                    b"", path, media_type, content_encoding=coding, transfer_encoding="chunked"
                )
                raw.send(head + chunked(body[:5], *filter(None, [body[5:]])))
            else:
                raw.send(post(body, path, media_type, content_encoding=coding))
            answer = raw.answer()
            assert answer.code in READ_STATUSES
            # The connection survives every one of them.
            assert "connection" not in answer.headers

        fuzz()
    assert_stores(collector, rows)


@pytest.mark.usefixtures("bounded_memory")
def test_no_bytes_on_the_http_port_do_harm(collector: Running, rows: Select) -> None:
    real = post(traces().SerializeToString(), expect="100-continue", transfer_encoding="chunked")
    answers = re.compile(rb"(HTTP/1\.1 (1|2|4)\d\d [^\r]*\r\n.*)*", re.DOTALL)

    @some
    @given(fuzzed_bodies.damaged([real, post(b"x"), b"HEAD / HTTP/1.0\r\n\r\n"]) | st.binary())
    def fuzz(data: bytes) -> None:
        with RawHttp(collector.http_port) as raw:
            assert answers.fullmatch(raw.send(data).no_more().read_to_end())

    fuzz()
    assert_stores(collector, rows)


@pytest.mark.usefixtures("bounded_memory")
def test_no_bytes_on_the_grpc_port_do_harm(collector: Running, rows: Select) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    @some
    @given(st.binary() | st.binary().map(lambda data: preface + data))
    def fuzz(data: bytes) -> None:
        with RawHttp(collector.grpc_port) as raw:
            assert b"HTTP/1.1 5" not in raw.send(data).no_more().read_to_end()

    fuzz()
    assert_stores(collector, rows)
