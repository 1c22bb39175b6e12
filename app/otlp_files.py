"""Stored OTLP: length-delimited protobuf, or OTLP JSON lines; plain or gzip."""

import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app import otlp_kinds
from collector.intake import Encoding
from collector.receiver import Kind
from domain.errors import InvalidInput

GZIP_MAGIC = b"\x1f\x8b"
MESSAGE_BYTES_MAX = 64 * 1024**2
VARINT_BYTES_MAX = 5
# No protobuf request begins so: its length (123) is followed by the tag of field 1, a line feed.
JSON_START = re.compile(rb'\s*\{[ \t]*["}]')
PEEK_BYTES = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """One request of a file.

    place:     where it stands, for messages: file, and line or byte.
    position:  how far the file was read, in bytes on disk; 0 for a pipe.
    """

    kind: Kind
    encoding: Encoding
    body: bytes
    place: str
    position: int


def read(path: Path) -> Iterator[StoredRequest]:
    """All requests of the file, one in memory at a time; what holds nothing is left out.

    Raises InvalidInput that names file and place; what came before it was already yielded.
    """
    try:
        with path.open("rb") as file:
            content = _Content(path, file)
            requests = _json_lines if JSON_START.match(content.start()) else _messages
            yield from requests(content)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror or error}") from error


class _Content:
    """The unpacked bytes of a file, and where in it they stand."""

    def __init__(self, path: Path, file: io.BufferedReader) -> None:
        self._path = path
        self._file = file
        packed = file.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
        self._bytes = gzip.GzipFile(fileobj=file) if packed else file
        self.at = 0

    def start(self) -> bytes:
        """What the file begins with; nothing is consumed."""
        with self._unpacking():
            return self._bytes.peek(PEEK_BYTES)[:PEEK_BYTES]

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; fewer only at the end."""
        with self._unpacking():
            data = self._bytes.read(size)
        self.at += len(data)
        return data

    def line(self) -> bytes:
        """The next line, empty at the end; no longer than a message may be, and one byte."""
        with self._unpacking():
            data = self._bytes.readline(MESSAGE_BYTES_MAX + 1)
        self.at += len(data)
        return data

    def request(self, kind: Kind, encoding: Encoding, body: bytes, place: str) -> StoredRequest:
        """What was just read, as a request."""
        position = self._file.tell() if self._file.seekable() else 0
        return StoredRequest(kind, encoding, body, f"{self._path}, {place}", position)

    def refusal(self, place: str, reason: str) -> InvalidInput:
        """The error of a damaged file."""
        return InvalidInput(f"{self._path}, {place}: {reason}")

    @contextmanager
    def _unpacking(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            reason = f"the gzip data is damaged or ends early: {error}"
            raise self.refusal(f"byte {self.at} unpacked", reason) from error


def _json_lines(content: _Content) -> Iterator[StoredRequest]:
    number = 0
    while line := content.line():
        number += 1
        place = f"line {number}"
        if len(line) > MESSAGE_BYTES_MAX:
            raise content.refusal(place, f"it is over {MESSAGE_BYTES_MAX} bytes")
        if line.strip():
            kind = _told(otlp_kinds.of_json, line, content, place)
            yield content.request(kind, Encoding.JSON, line, place)


def _messages(content: _Content) -> Iterator[StoredRequest]:
    """A file of messages holds one kind; the first that shows it tells it for all."""
    kind: Kind | None = None
    while True:
        place = f"byte {content.at}"
        length = _length(content, place)
        if length is None:
            return
        body = content.read(length)
        if len(body) < length:
            raise content.refusal(place, "the message is cut off")
        kind = kind or _told(otlp_kinds.of_protobuf, body, content, place)
        if kind is not None and body:
            yield content.request(kind, Encoding.PROTOBUF, body, place)


def _length(content: _Content, place: str) -> int | None:
    """The varint before a message; None at the end of the file."""
    length = 0
    for shift in range(VARINT_BYTES_MAX):
        byte = content.read(1)
        if not byte and shift == 0:
            return None
        digit = byte[0] if byte else 0x80
        length |= (digit & 0x7F) << 7 * shift
        if digit < 0x80 and length <= MESSAGE_BYTES_MAX:
            return length
    raise content.refusal(place, "no length of an OTLP message stands here")


def _told(tell: Callable[[bytes], T], body: bytes, content: _Content, place: str) -> T:
    try:
        return tell(body)
    except InvalidInput as error:
        raise content.refusal(place, str(error)) from error
