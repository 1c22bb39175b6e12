"""Can the driver of Grafana's plugin connect, and read what it asks afterwards?

The reader below follows clickhouse-go v2: proto.Block.Decode, and what conn_http.go does with it.
"""

import gzip
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from storage import http_hello
from tests.storage.clickhouse_http_server import KEY, Server, serving

HELLO = http_hello.QUESTION.decode()
REVISION = 54_460


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("store")) as running:
        yield running


@dataclass
class Reader:
    """Blocks of the Native format in a revision."""

    data: bytes
    revision: int
    at: int = 0
    names: list[str] = field(default_factory=list)

    def block(self) -> list[object]:
        """The first row."""
        if self.revision > 0:
            assert (self.number(), self.take(1), self.number()) == (1, b"\0", 2)
            assert struct.unpack("<i", self.take(4)) == (-1,)
            assert self.number() == 0
        columns, rows = self.number(), self.number()
        assert rows >= 1
        return [self.column() for _ in range(columns)]

    def column(self) -> object:
        self.names.append(self.text())
        kind = self.text()
        if self.revision >= http_hello.REVISION_WITH_SERIALIZATION:
            assert self.take(1) == b"\0"  # it refuses every other serialization
        if kind == "String":
            return self.text()
        form = {"UInt32": "<I", "UInt64": "<Q", "UInt8": "<B"}[kind]
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def number(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def text(self) -> str:
        return self.take(self.number()).decode()

    def take(self, count: int) -> bytes:
        self.at += count
        assert self.at <= len(self.data)
        return self.data[self.at - count : self.at]


def ask(server: Server, text: str, revision: int = REVISION) -> bytes:
    """As the driver asks: settings in the URL, the statement in the body, gzip accepted."""
    fields = {
        "database": "default", "default_format": "Native",
        "client_protocol_version": str(revision), "max_execution_time": "60",
    }  # fmt: skip
    known = {"X-ClickHouse-User": "grafana", "X-ClickHouse-Key": KEY, "Accept-Encoding": "gzip"}
    answer = server.http.post(server.url(), params=fields, content=text, headers=known)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-ClickHouse-Server-Display-Name"] == http_hello.NAME
    return answer.content


@pytest.mark.parametrize("revision", [54_453, REVISION])
def test_the_greeting_is_read_in_the_revision_of_the_driver_and_names_zero(
    server: Server, revision: int
) -> None:
    reader = Reader(ask(server, HELLO, revision), revision)
    name, version, spoken, timezone = reader.block()
    assert (name, spoken) == ("wakeline", 0)
    assert str(version).startswith("26.")
    assert timezone
    assert reader.at == len(reader.data)
    assert reader.names == ["displayName()", "version()", "revision()", "timezone()"]


def test_what_is_asked_afterwards_is_read_in_revision_zero(server: Server) -> None:
    long = "x" * 300
    reader = Reader(ask(server, f"SELECT 7::UInt32 AS n, '{long}' AS text"), 0)
    assert reader.block() == [7, long]
    assert reader.names == ["n", "text"]
    assert Reader(ask(server, "SELECT 1"), 0).block() == [1]  # its ping


def test_a_client_without_a_revision_gets_the_engines_own_answer(server: Server) -> None:
    for revision in (0, -1):
        _, _, own, _ = Reader(ask(server, HELLO, revision), 0).block()
        assert isinstance(own, int)


def test_long_answers_come_in_gzip(server: Server) -> None:
    fields = {"default_format": "Native", "client_protocol_version": str(REVISION)}
    headers = {"Accept-Encoding": "gzip", "X-ClickHouse-Key": KEY}
    asked = {"params": fields, "headers": headers, "content": "SELECT number FROM numbers(5000)"}
    with server.http.stream("POST", server.url(), **asked) as answer:  # type: ignore[arg-type]
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert Reader(gzip.decompress(raw), 0).block() == [0]


def test_long_names_have_long_lengths() -> None:
    assert http_hello._text("x" * 200)[:2] == bytes((200 & 0x7F | 0x80, 1))
