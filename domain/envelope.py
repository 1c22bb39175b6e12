"""The spool record: a few header bytes before an OTLP request body that nobody rewrites.

A record is `varint(length) + envelope`; an envelope is a protobuf message with the fields below in
this order. The engine decodes it by storage/otlp_envelope.proto (a test keeps both in step) and
skips the magic, the checksum, the id and the count, which only recovery reads.

1 fixed32 magic · 2 fixed32 crc32 of all that follows · 3 tenant · 4 fixed64 received_unix_nano ·
5 varint retention_days · 6 bytes request_id · 9 varint items · 7 traces or 8 logs: the body
"""

from enum import IntEnum


class Signal(IntEnum):
    """What a request carries; the value is the field number of its body."""

    TRACES = 7
    LOGS = 8


MAGIC = b"\x0dWAKE"
CRC_TAG = b"\x15"
TENANT_TAG = b"\x1a"
RECEIVED_TAG = b"\x21"
RETENTION_TAG = b"\x28"
REQUEST_ID_TAG = b"\x32"
ITEMS_TAG = b"\x48"
REQUEST_ID_BYTES = 16


def body_tag(signal: Signal) -> bytes:
    """The protobuf tag (length-delimited) of a body of `signal`."""
    return bytes([signal << 3 | 2])
