"""Just enough HTTP/2 to make a gRPC call that grpcio would never make."""

import socket
import struct
from collections.abc import Iterator, Sequence

from tests.collector.peers import TIMEOUT_S

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RESET, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS, ACK = 1, 4, 1
NO_STREAM, STREAM = 0, 1

Headers = Sequence[tuple[str, str]]


def call_head(path: str, headers: Headers = ()) -> bytes:
    """What opens a connection and one gRPC call on it."""
    fields = (
        (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "c"),
        ("te", "trailers"), ("content-type", "application/grpc"), *headers,
    )  # fmt: skip
    block = b"".join(b"\0" + _literal(name) + _literal(value) for name, value in fields)
    return PREFACE + frame(SETTINGS, 0, NO_STREAM, b"") + frame(HEADERS, END_HEADERS, STREAM, block)


def message(body: bytes, *, compressed: bool) -> bytes:
    """The frame of the one message, which ends the call."""
    prefix = struct.pack(">?I", compressed, len(body))
    return frame(DATA, END_STREAM, STREAM, prefix + body)


def answer(port: int, request: bytes) -> bytes:
    """The headers and trailers that came back, as HPACK without Huffman coding."""
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_S) as connection:
        connection.sendall(request)
        blocks = b""
        for kind, flags, payload in _frames(connection):
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, NO_STREAM, b""))
            if kind == HEADERS:
                blocks += payload
            if kind in {RESET, GOAWAY} or (kind in {DATA, HEADERS} and flags & END_STREAM):
                break
        return blocks


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">IBBI", len(payload), kind, flags, stream)[1:] + payload


def _frames(connection: socket.socket) -> Iterator[tuple[int, int, bytes]]:
    file = connection.makefile("rb")
    while head := file.read(9):
        yield head[3], head[4], file.read(int.from_bytes(head[:3], "big"))


def _literal(text: str) -> bytes:
    """A header name or value, at most one byte of length."""
    data = text.encode()
    assert len(data) < 127
    return bytes([len(data)]) + data
