"""How ClickHouse speaks HTTP: codings, forms, content types, exceptions and their status."""

import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from typing import IO, cast

if sys.version_info >= (3, 14):  # pragma: no cover  # the tests run on the locked 3.11
    from compression import zstd
else:
    from backports import zstd

from domain.errors import TooLarge, WakelineError

BAD_ARGUMENTS = 36
NOT_IMPLEMENTED = 48
UNKNOWN_TABLE = 60
SYNTAX_ERROR = 62
UNKNOWN_FORMAT = 73
UNKNOWN_SETTING = 115
INCORRECT_DATA = 117
READONLY = 164
TOO_DEEP_AST = 167
TOO_MANY_SIMULTANEOUS_QUERIES = 202
QUERY_IS_TOO_LARGE = 229
TOO_MANY_ROWS_OR_BYTES = 396
CANNOT_SCHEDULE_TASK = 439
ACCESS_DENIED = 497
AUTHENTICATION_FAILED = 516
UNKNOWN_EXCEPTION = 1002

# The server's own table, src/Server/HTTP/exceptionCodeToHTTPStatus.cpp; everything else is 500.
STATUS_OF_CODES = {
    400: {6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321}
    | {376, 427, 441, 675, 676},
    401: {194},
    403: {192, 193, 497, 512, 516},
    404: {46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511},
    408: {159},
    411: {381},
    413: {229},
    415: {779},
    501: {48},
    # The server sends 500 for 202; clients know 503 as the status to try again after.
    503: {76, 202, 209, 439},
}
STATUSES = {code: status for status, codes in STATUS_OF_CODES.items() for code in codes}
ENGINE_TEXT = re.compile(r"Code: (\d+)\. DB::Exception: (.*)", re.DOTALL)

COMPRESS_BYTES_MIN = 1024
CONTENT_TYPES = (
    ("JSONEachRow", "application/x-ndjson; charset=UTF-8"),
    ("JSON", "application/json; charset=UTF-8"),
    ("CSVWithNames", "text/csv; charset=UTF-8; header=present"),
    ("CSV", "text/csv; charset=UTF-8; header=absent"),
    ("TabSeparated", "text/tab-separated-values; charset=UTF-8"),
    ("TSV", "text/tab-separated-values; charset=UTF-8"),
    ("Pretty", "text/plain; charset=UTF-8"),
    ("Vertical", "text/plain; charset=UTF-8"),
)


class ClickhouseError(WakelineError):
    """An exception as ClickHouse words it: `message` ends with its name in brackets."""

    def __init__(self, code: int, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s

    @classmethod
    def parse(cls, text: str) -> "ClickhouseError":
        """What the engine raised; UNKNOWN_EXCEPTION when it is not in the engine's form."""
        if match := ENGINE_TEXT.search(text):
            return cls(int(match[1]), match[2].rstrip())
        return cls(UNKNOWN_EXCEPTION, f"{text.strip()} (UNKNOWN_EXCEPTION)")

    @property
    def status(self) -> int:
        """The HTTP status that the server would send."""
        return STATUSES.get(self.code, 500)

    def body(self, version: str) -> bytes:
        """The response body that the server would send."""
        return f"Code: {self.code}. DB::Exception: {self.message} (version {version})\n".encode()


def content_type(fmt: str) -> str:
    """The Content-Type of an output format."""
    for prefix, kind in CONTENT_TYPES:
        if fmt.startswith(prefix):
            return kind
    return "application/octet-stream"


def accepted_coding(accept_encoding: str) -> str:
    """The best coding that the client can read; empty for none."""
    offered = {
        coding.strip()
        for coding, _, quality in (item.partition(";") for item in accept_encoding.split(","))
        if quality.replace(" ", "") not in {"q=0", "q=0.0"}
    }
    return next((coding for coding in ("zstd", "gzip") if coding in offered), "")


def compress(coding: str, body: bytes) -> bytes:
    """`body` in `coding`, at the level where speed still matters more than size."""
    return zstd.compress(body, 1) if coding == "zstd" else gzip.compress(body, 1, mtime=0)


def decompress(coding: str, body: bytes, bytes_max: int) -> bytes:
    """`body` freed of its Content-Encoding, never expanded beyond `bytes_max`.

    Raises TooLarge for more, ClickhouseError for damaged data or another coding.
    """
    if coding in {"", "identity"}:
        return body
    if coding not in READERS:
        raise ClickhouseError(
            NOT_IMPLEMENTED, f"Unknown compression method '{coding[:40]}'. (NOT_IMPLEMENTED)"
        )
    try:
        with READERS[coding](io.BytesIO(body)) as stream:
            plain = stream.read(bytes_max + 1)
    except (OSError, EOFError, ImportError, RuntimeError, zlib.error, zstd.ZstdError) as error:
        message = f"Cannot decompress {coding} data: {error}. (INCORRECT_DATA)"
        raise ClickhouseError(INCORRECT_DATA, message) from error
    if len(plain) > bytes_max:
        raise TooLarge(f"the request is over {bytes_max} bytes after decompression")
    return plain


def form_fields(content_type: str, body: bytes) -> dict[str, bytes]:
    """The fields of a multipart form; raises ClickhouseError for files (external data)."""
    head = b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    fields: dict[str, bytes] = {}
    for part in message.iter_parts():
        name = part.get_param("name", "", "Content-Disposition")
        if part.get_filename() is not None:
            raise ClickhouseError(
                NOT_IMPLEMENTED, f"External data ('{name}') are not supported. (NOT_IMPLEMENTED)"
            )
        fields[str(name)] = cast(bytes, part.get_payload(decode=True))
    return fields


def _lz4(stream: IO[bytes]) -> IO[bytes]:
    # Not a dependency of ours: only clickhouse-connect's inserts use it, and bring it along.
    from lz4.frame import LZ4FrameFile  # type: ignore[import-untyped]

    return cast(IO[bytes], LZ4FrameFile(stream))


READERS: dict[str, Callable[[IO[bytes]], IO[bytes]]] = {
    "gzip": lambda stream: cast(IO[bytes], gzip.GzipFile(fileobj=stream)),
    "zstd": lambda stream: cast(IO[bytes], zstd.ZstdFile(stream)),
    "lz4": _lz4,
}
