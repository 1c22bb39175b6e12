"""Content codings, with a bound on what comes out of them."""

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from domain.errors import InvalidInput, TooLarge, UnsupportedMedia

GZIP_WINDOW = 16 + zlib.MAX_WBITS
ZSTD_OPTIONS: dict[int, int] = {zstd.DecompressionParameter.window_log_max: 27}


class _Decompressor(Protocol):
    """What zlib's and zstd's objects have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


_DECOMPRESSORS: dict[str, Callable[[], _Decompressor]] = {
    "gzip": lambda: zlib.decompressobj(GZIP_WINDOW),
    "zstd": lambda: zstd.ZstdDecompressor(options=ZSTD_OPTIONS),
}


def decompress(coding: str, body: bytes, bytes_max: int) -> bytes:
    """`body` freed of its Content-Encoding: identity, gzip or zstd.

    Raises TooLarge as soon as more than `bytes_max` come out (a bomb is never expanded further),
    InvalidInput for damaged data, UnsupportedMedia for another coding.
    """
    if coding in {"", "identity"}:
        plain = body
    elif coding in _DECOMPRESSORS:
        plain = _inflate(coding, body, bytes_max)
    else:
        raise UnsupportedMedia(f"Content-Encoding '{coding[:40]}': use identity, gzip or zstd")
    if len(plain) > bytes_max:
        raise TooLarge(f"the request is over {bytes_max} bytes; send smaller batches")
    return plain


def _inflate(coding: str, body: bytes, bytes_max: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body and size <= bytes_max:
        stream = _DECOMPRESSORS[coding]()
        try:
            parts.append(stream.decompress(body, bytes_max + 1 - size))
        except (zlib.error, zstd.ZstdError) as error:
            raise InvalidInput(f"the {coding} data is damaged: {error}") from error
        size += len(parts[-1])
        if not stream.eof and size <= bytes_max:
            raise InvalidInput(f"the {coding} data ends early")
        body = stream.unused_data
    return b"".join(parts)
