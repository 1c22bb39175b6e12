"""Stored OTLP: length-delimited protobuf, or OTLP JSON lines; plain or gzip."""

import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector.intake import Encoding
from collector.receiver import Kind
from domain.errors import InvalidInput

GZIP_MAGIC = b"\x1f\x8b"
MESSAGE_BYTES_MAX = 64 * 1024**2
VARINT_BYTES_MAX = 5
JSON_KINDS = {
    "resourceSpans": Kind.TRACES,
    "resourceLogs": Kind.LOGS,
    "resourceMetrics": Kind.METRICS,
}


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """One request of a file. `position` is how far the file was read, in bytes on disk."""

    kind: Kind
    encoding: Encoding
    body: bytes
    position: int


def read(path: Path) -> Iterator[StoredRequest]:
    """All requests of the file, one in memory at a time.

    Raises InvalidInput that names file and place; what came before it was already yielded.
    """
    try:
        with path.open("rb") as file:
            yield from _requests(path, file)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror or error}") from error
    except EOFError as error:
        raise InvalidInput(f"{path}: the gzip data ends early") from error


def _requests(path: Path, file: BinaryIO) -> Iterator[StoredRequest]:
    packed = file.peek(2)[:2] == GZIP_MAGIC if isinstance(file, io.BufferedReader) else False
    content = io.BufferedReader(gzip.GzipFile(fileobj=file)) if packed else file
    assert isinstance(content, io.BufferedReader)
    if _is_json(content):
        yield from _json_lines(path, content, file)
    else:
        yield from _messages(path, content, file)


def _is_json(content: io.BufferedReader) -> bool:
    """A line that opens with `{"` or `{ ` and the name of OTLP's only fields."""
    start = content.peek(64)[:64].lstrip()
    return start.startswith(b"{") and any(name.encode() in start for name in JSON_KINDS)


def _json_lines(path: Path, content: io.BufferedReader, file: BinaryIO) -> Iterator[StoredRequest]:
    for number, line in enumerate(content, 1):
        if line.strip():
            yield StoredRequest(_json_kind(path, number, line), Encoding.JSON, line, file.tell())


def _json_kind(path: Path, number: int, line: bytes) -> Kind:
    try:
        names = json.loads(line)
    except ValueError as error:
        raise InvalidInput(f"{path}, line {number}: no JSON: {error}") from error
    for name, kind in JSON_KINDS.items():
        if isinstance(names, dict) and name in names:
            return kind
    raise InvalidInput(f"{path}, line {number}: none of {', '.join(JSON_KINDS)}")


def _messages(path: Path, content: io.BufferedReader, file: BinaryIO) -> Iterator[StoredRequest]:
    kind: Kind | None = None
    at = 0
    while (length := _varint(path, content, at)) is not None:
        body = content.read(length)
        if length > MESSAGE_BYTES_MAX or len(body) < length:
            raise InvalidInput(f"{path}, byte {at}: the message is cut off or this is no OTLP")
        kind = kind or _protobuf_kind(path, body)
        yield StoredRequest(kind, Encoding.PROTOBUF, body, file.tell())
        at += length + 1


def _varint(path: Path, content: io.BufferedReader, at: int) -> int | None:
    number = 0
    for shift in range(VARINT_BYTES_MAX):
        byte = content.read(1)
        if not byte:
            if shift == 0:
                return None
            break
        number |= (byte[0] & 0x7F) << 7 * shift
        if byte[0] < 0x80:
            return number
    raise InvalidInput(f"{path}, byte {at}: no length of a message stands here")


def _protobuf_kind(path: Path, body: bytes) -> Kind:
    """Requests of spans and of logs look alike; only spans have an id in the first field."""
    try:
        message = ExportTraceServiceRequest.FromString(body)
    except DecodeError as error:
        raise InvalidInput(f"{path}: no length-delimited OTLP: {error}") from error
    for resource in message.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                return Kind.TRACES if span.trace_id or span.name else Kind.LOGS
    return Kind.TRACES
