"""Content codings, with a bound on what comes out of them."""

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

if sys.version_info >= (3, 14):  # pragma: no cover - tested where that Python is
    from compression import zstd
else:
    from backports import zstd

from domain.errors import InvalidInput, TooLarge, UnsupportedMedia

GZIP_WINDOW = 16 + zlib.MAX_WBITS
ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}
# Decoders allow streams one after the other, and what follows one is copied each time: without a
# bound, 64 MiB of empty streams would cost 10^14 bytes of copying.
STREAMS_MAX = 16


class Coding(StrEnum):
    """The content codings that we read."""

    IDENTITY = "identity"
    DEFLATE = "deflate"
    GZIP = "gzip"
    ZSTD = "zstd"


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """Most bytes of a request, before and after decompression, and the setting that says so."""

    setting: str
    bytes_max: int

    def check(self, size: int) -> None:
        """Raises TooLarge."""
        if size > self.bytes_max:
            raise TooLarge(
                f"the request is over {self.bytes_max} bytes ({self.setting}); send smaller batches"
            )


class _Decompressor(Protocol):
    """What zlib's and zstd's objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_DECOMPRESSORS: dict[Coding, Callable[[], _Decompressor]] = {
    Coding.DEFLATE: zlib.decompressobj,  # RFC 9110: of the zlib format
    Coding.GZIP: lambda: zlib.decompressobj(GZIP_WINDOW),
    Coding.ZSTD: lambda: zstd.ZstdDecompressor(options=ZSTD_OPTIONS),
}


def coding(content_encoding: str | None) -> Coding:
    """Of a Content-Encoding header. Raises UnsupportedMedia for others, and for several at once."""
    name = (content_encoding or "").strip().lower()
    try:
        return Coding(name or Coding.IDENTITY)
    except ValueError:
        raise UnsupportedMedia(f"Content-Encoding '{name[:40]}': use {', '.join(Coding)}") from None


def decompress(name: Coding, body: bytes, limit: SizeLimit) -> bytes:
    """`body` freed of its coding.

    Raises TooLarge as soon as more than the limit comes out (a bomb is never expanded further), and
    InvalidInput for damaged data or too many streams.
    """
    if name is Coding.IDENTITY or not body:
        return body
    parts: list[bytes] = []
    size = 0
    for _ in range(STREAMS_MAX):
        stream = _DECOMPRESSORS[name]()
        try:
            parts.append(stream.decompress(body, limit.bytes_max + 1 - size))
        except (zlib.error, zstd.ZstdError) as error:
            raise InvalidInput(f"the {name} data is damaged: {error}") from error
        size += len(parts[-1])
        limit.check(size)
        if not stream.eof:
            raise InvalidInput(f"the {name} data ends early")
        body = stream.unused_data
        if not body:
            return b"".join(parts)
    raise InvalidInput(f"the {name} data has more than {STREAMS_MAX} streams")
