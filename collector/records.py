"""Spool records: how a request is wrapped, and how damaged ones are found again.

The rules of this file: a record is self-contained; its checksum covers all but its own first ten
bytes; whatever is between two sound records is damage and is handed out as such, never skipped.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from domain import envelope
from domain.envelope import Signal

FIXED32 = struct.Struct("<I")
FIXED64 = struct.Struct("<Q")
CHECKED_FROM = len(envelope.MAGIC) + 1 + FIXED32.size
VARINT_BYTES_MAX = 5


@dataclass(frozen=True, slots=True)
class Record:
    """One request as it stands in a segment; `start` and `end` are offsets with the length prefix.

    `damage` is empty for a sound record; the other fields hold only then.
    """

    start: int
    end: int
    damage: str = ""
    tenant: str = ""
    received_unix_nano: int = 0
    request_id: bytes = b""
    items: int = 0
    signal: Signal = Signal.TRACES
    body_start: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A validated request on its way into the spool."""

    signal: Signal
    body: bytes
    tenant: str
    retention_days: int
    request_id: bytes
    items: int


def varint(number: int) -> bytes:
    """Protobuf's base-128 encoding of a non-negative integer."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def encode(request: Request, received_unix_nano: int) -> bytes:
    """The length-delimited envelope of `request`."""
    tenant = request.tenant.encode()
    head = b"".join(
        (
            envelope.TENANT_TAG + varint(len(tenant)) + tenant,
            envelope.RECEIVED_TAG + FIXED64.pack(received_unix_nano),
            envelope.RETENTION_TAG + varint(request.retention_days),
            envelope.REQUEST_ID_TAG + varint(len(request.request_id)) + request.request_id,
            envelope.ITEMS_TAG + varint(request.items),
            envelope.body_tag(request.signal) + varint(len(request.body)),
        )
    )
    checksum = FIXED32.pack(zlib.crc32(request.body, zlib.crc32(head)))
    length = varint(CHECKED_FROM + len(head) + len(request.body))
    return b"".join((length, envelope.MAGIC, envelope.CRC_TAG, checksum, head, request.body))


def scan(data: bytes, *, torn_tail_is_damage: bool = True) -> Iterator[Record]:
    """Sound records and stretches of damage, in order, covering `data` without gaps.

    A record that was being written when the process died was never acknowledged: the incomplete
    tail of an active segment is left out with `torn_tail_is_damage=False`.
    """
    view = memoryview(data)
    at = 0
    while at < len(data):
        record = _read(view, at)
        if record.damage:
            end = _next_sound(data, view, at + 1)
            torn = end == len(data) and _is_torn(view, at)
            if torn and not torn_tail_is_damage:
                return
            record = Record(at, end, record.damage)
        yield record
        at = record.end


def _read(view: memoryview, at: int) -> Record:
    length, start = _varint_at(view, at)
    end = start + length
    if length < CHECKED_FROM or view[start : start + len(envelope.MAGIC)] != envelope.MAGIC:
        return Record(at, at, "no record begins here")
    if end > len(view):
        return Record(at, len(view), "the record is cut off")
    (checksum,) = FIXED32.unpack_from(view, start + len(envelope.MAGIC) + 1)
    if zlib.crc32(view[start + CHECKED_FROM : end]) != checksum:
        return Record(at, end, "the checksum does not match")
    return _header(view, at, start + CHECKED_FROM, end)


def _header(view: memoryview, at: int, position: int, end: int) -> Record:
    size, position = _varint_at(view, position + 1)
    tenant = bytes(view[position : position + size]).decode()
    position += size + 1
    (received_unix_nano,) = FIXED64.unpack_from(view, position)
    _, position = _varint_at(view, position + FIXED64.size + 1)
    size, position = _varint_at(view, position + 1)
    request_id = bytes(view[position : position + size])
    items, position = _varint_at(view, position + size + 1)
    signal = Signal(view[position] >> 3)
    _, position = _varint_at(view, position + 1)
    return Record(
        at, end, "", tenant, received_unix_nano, request_id, items, signal, body_start=position
    )


def _varint_at(view: memoryview, at: int) -> tuple[int, int]:
    """Value and the offset after it; (0, at) when none is complete there."""
    number = 0
    for shift, byte in enumerate(view[at : at + VARINT_BYTES_MAX]):
        number |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return number, at + shift + 1
    return 0, at


def _next_sound(data: bytes, view: memoryview, at: int) -> int:
    """Start of the next sound record at or after `at`, else the end of the data."""
    magic = data.find(envelope.MAGIC, at)
    while magic >= 0:
        for width in range(1, VARINT_BYTES_MAX + 1):
            start = magic - width
            if (
                start >= at
                and _varint_at(view, start)[1] == magic
                and not _read(view, start).damage
            ):
                return start
        magic = data.find(envelope.MAGIC, magic + 1)
    return len(data)


def _is_torn(view: memoryview, at: int) -> bool:
    """Whether the bytes from `at` on are a proper beginning of one record."""
    length, start = _varint_at(view, at)
    if start == at:
        return len(view) - at < VARINT_BYTES_MAX
    present = bytes(view[start : start + len(envelope.MAGIC)])
    return envelope.MAGIC.startswith(present) and start + length > len(view)
