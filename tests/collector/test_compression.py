"""Does every coding come undone, within bounds of size, memory and work?"""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from collector.compression import STREAMS_MAX, Coding, SizeLimit, coding, decompress
from domain.errors import InvalidInput, TooLarge, UnsupportedMedia

Compress = Callable[[bytes], bytes]

LIMIT = SizeLimit("collector.bytes_max", 1000)
COMPRESS: dict[Coding, Compress] = {
    Coding.DEFLATE: zlib.compress,
    Coding.GZIP: gzip.compress,
    Coding.ZSTD: zstd.compress,
}
every_coding = pytest.mark.parametrize(("name", "compress"), COMPRESS.items())


def bomb(name: Coding, size: int) -> bytes:
    """Zeros, compressed a mebibyte at a time."""
    stream: Any = zstd.ZstdCompressor()
    if name is not Coding.ZSTD:
        stream = zlib.compressobj(wbits=31 if name is Coding.GZIP else 15)
    parts = [stream.compress(bytes(2**20)) for _ in range(size // 2**20)]
    return b"".join((*parts, stream.flush()))


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, Coding.IDENTITY),
        ("", Coding.IDENTITY),
        ("identity", Coding.IDENTITY),
        ("GZIP", Coding.GZIP),
        (" zstd\t", Coding.ZSTD),
    ],
)
def test_a_header_names_a_coding(header: str | None, name: Coding) -> None:
    assert coding(header) is name


@pytest.mark.parametrize("header", ["br", "x-deflate", "gzip, gzip", "gzip;q=1", "x" * 1000])
def test_any_other_header_is_unsupported_media(header: str) -> None:
    with pytest.raises(UnsupportedMedia, match="use identity, deflate, gzip, zstd") as caught:
        coding(header)
    assert len(str(caught.value)) < 120


@given(st.sampled_from(list(Coding)), st.binary(max_size=LIMIT.bytes_max))
def test_what_was_compressed_comes_out_again(name: Coding, plain: bytes) -> None:
    body = COMPRESS[name](plain) if name in COMPRESS else plain
    assert decompress(name, body, LIMIT) == plain


@every_coding
def test_exactly_the_limit_comes_out_and_not_a_byte_more(name: Coding, compress: Compress) -> None:
    assert len(decompress(name, compress(bytes(1000)), LIMIT)) == 1000
    with pytest.raises(TooLarge, match=r"over 1000 bytes \(collector\.bytes_max\)"):
        decompress(name, compress(bytes(1001)), LIMIT)


@every_coding
def test_the_limit_holds_over_all_streams_together(name: Coding, compress: Compress) -> None:
    assert len(decompress(name, compress(bytes(500)) * 2, LIMIT)) == 1000
    with pytest.raises(TooLarge):
        decompress(name, compress(bytes(400)) * 3, LIMIT)


@pytest.mark.parametrize("name", COMPRESS)
def test_a_bomb_is_not_expanded_beyond_the_limit(name: Coding) -> None:
    body = bomb(name, 32 * 2**20)
    tracemalloc.start()
    with pytest.raises(TooLarge):
        decompress(name, body, SizeLimit("x", 2**20))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8 * 2**20


@every_coding
def test_streams_are_bounded_in_number(name: Coding, compress: Compress) -> None:
    assert decompress(name, compress(b"") * STREAMS_MAX, LIMIT) == b""
    with pytest.raises(InvalidInput, match="more than 16 streams"):
        decompress(name, compress(b"") * (STREAMS_MAX + 1), LIMIT)


@every_coding
@given(data=st.data())
def test_a_torn_body_ends_early(name: Coding, compress: Compress, data: st.DataObject) -> None:
    body = compress(b"some text that is long enough to be compressed " * 9)
    size = data.draw(st.integers(1, len(body) - 1))
    with pytest.raises(InvalidInput, match="ends early"):
        decompress(name, body[:size], LIMIT)


@every_coding
@given(body=st.binary(min_size=1, max_size=200))
def test_damage_is_bad_data_and_nothing_else(name: Coding, compress: Compress, body: bytes) -> None:
    for damaged in (body, compress(b"text") + body, compress(body)[:-2] + body):
        # Any other error would fail the test; a few of these bodies happen to be sound.
        with suppress(InvalidInput):
            assert len(decompress(name, damaged, LIMIT)) <= LIMIT.bytes_max
