"""Spool records: how a request is wrapped, and how damaged ones are found again.

The rules of this file: a record is self-contained; its checksum covers all but its length prefix
and its own first ten bytes, which are constant but for the checksum itself; its length stands in
it twice, before and inside; whatever is between two sound records is damage and is handed out as
such, never skipped.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from domain import envelope
from domain.envelope import Signal

FIXED32 = struct.Struct("<I")
FIXED64 = struct.Struct("<Q")
HEAD = envelope.MAGIC + envelope.CRC_TAG
CHECKED_FROM = len(HEAD) + FIXED32.size
VARINT_BYTES_MAX = 5
SIGNALS = {envelope.body_tag(signal): signal for signal in Signal}

NO_RECORD = "no record begins here"
CUT_OFF = "the record is cut off"
BAD_LENGTH = "the length does not match"
BAD_CHECKSUM = "the checksum does not match"


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
    return b"".join((length, HEAD, checksum, head, request.body))


def scan(data: bytes) -> Iterator[Record]:
    """Sound records and stretches of damage, in order, covering `data` without gaps.

    A last stretch whose damage is CUT_OFF is a proper beginning of a record, so it may be what was
    being written when the process died.
    """
    view = memoryview(data)
    at = 0
    while at < len(data):
        record = _read(view, at)
        if record.damage:
            end = _resume(data, view, at)
            misnamed = record.damage == CUT_OFF and end < len(data)
            record = Record(at, end, BAD_LENGTH if misnamed else record.damage)
        yield record
        at = record.end


def _read(view: memoryview, at: int) -> Record:
    """The record that begins at `at`; for damage `end` says nothing."""
    length, start = _varint_at(view, at)
    if start == at:
        return Record(at, at, CUT_OFF if len(view) - at < VARINT_BYTES_MAX else NO_RECORD)
    if length < CHECKED_FROM or not HEAD.startswith(bytes(view[start : start + len(HEAD)])):
        return Record(at, at, NO_RECORD)
    if start + length > len(view):
        # A last record with a damaged length is whole by its inner length, and not cut off.
        whole = not _envelope(view, at, start).damage
        return Record(at, at, BAD_LENGTH if whole else CUT_OFF)
    record = _envelope(view, at, start)
    if not record.damage and record.end != start + length:
        return Record(at, at, BAD_LENGTH)
    return record


def _envelope(view: memoryview, at: int, start: int) -> Record:
    """The envelope that begins at `start`, its end told by the lengths inside it."""
    position = start + CHECKED_FROM
    try:
        tenant, position = _bytes_at(view, position, envelope.TENANT_TAG)
        received, position = _fixed64_at(view, position, envelope.RECEIVED_TAG)
        _, position = _number_at(view, position, envelope.RETENTION_TAG)
        request_id, position = _bytes_at(view, position, envelope.REQUEST_ID_TAG)
        items, position = _number_at(view, position, envelope.ITEMS_TAG)
        signal = SIGNALS[bytes(view[position : position + 1])]
        size, body_start = _number_at(view, position, envelope.body_tag(signal))
        end = body_start + size
        (checksum,) = FIXED32.unpack_from(view, start + len(HEAD))
        if end > len(view) or zlib.crc32(view[start + CHECKED_FROM : end]) != checksum:
            return Record(at, at, BAD_CHECKSUM)
        return Record(at, end, "", tenant.decode(), received, request_id, items, signal, body_start)
    except (KeyError, ValueError, struct.error):
        return Record(at, at, BAD_CHECKSUM)


def _resume(data: bytes, view: memoryview, at: int) -> int:
    """Where the damage that begins at `at` ends.

    What a body holds may look like a record, so the bytes of a body are searched only when neither
    of the two lengths of its record leads on.
    """
    for start in range(at + 1, at + VARINT_BYTES_MAX + 1):
        if view[start : start + len(HEAD)] == HEAD:
            inner = _envelope(view, at, start)
            if not inner.damage:
                return inner.end
    length, start = _varint_at(view, at)
    end = start + length
    if at < end <= len(view) and (end == len(view) or _begins(view, end)):
        return end
    return _next_sound(data, view, at + 1)


def _begins(view: memoryview, at: int) -> bool:
    start = _varint_at(view, at)[1]
    return start > at and view[start : start + len(HEAD)] == HEAD


def _next_sound(data: bytes, view: memoryview, at: int) -> int:
    """Start of the next sound record at or after `at`, else the end of the data."""
    start = data.find(HEAD, at)
    while start >= 0:
        record = _envelope(view, start, start)
        if not record.damage:
            prefix = varint(record.end - start)
            begin = start - len(prefix)
            return begin if begin >= at and view[begin:start] == prefix else record.end
        start = data.find(HEAD, start + 1)
    return len(data)


def _varint_at(view: memoryview, at: int) -> tuple[int, int]:
    """Value and the offset after it; (0, at) when none is complete there."""
    number = 0
    for shift, byte in enumerate(view[at : at + VARINT_BYTES_MAX]):
        number |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return number, at + shift + 1
    return 0, at


def _number_at(view: memoryview, at: int, tag: bytes) -> tuple[int, int]:
    """Value of the varint field `tag` and the offset after it. Raises ValueError without one."""
    number, end = _varint_at(view, at + len(tag))
    if view[at : at + len(tag)] != tag or end == at + len(tag):
        raise ValueError(f"no field {tag!r} at {at}")
    return number, end


def _bytes_at(view: memoryview, at: int, tag: bytes) -> tuple[bytes, int]:
    size, start = _number_at(view, at, tag)
    return bytes(view[start : start + size]), start + size


def _fixed64_at(view: memoryview, at: int, tag: bytes) -> tuple[int, int]:
    if view[at : at + len(tag)] != tag:
        raise ValueError(f"no field {tag!r} at {at}")
    (number,) = FIXED64.unpack_from(view, at + len(tag))
    return number, at + len(tag) + FIXED64.size
