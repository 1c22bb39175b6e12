"""The first question of clickhouse-go over HTTP, as of Grafana's plugin, in its own dialect.

The driver says which revision of the Native format it speaks, reads the answer to this one question
in that revision, and all later ones in the revision that the answer names. The embedded engine
writes revision 0: so this answer is made by hand, and names 0 (clickhouse-go v2, conn_http.go).
"""

import struct
from collections.abc import Mapping

QUESTION = b"SELECT displayName(), version(), revision(), timezone()"
NAME = "wakeline"
# From which revision on a column says how it is serialized.
REVISION_WITH_SERIALIZATION = 54_454
BLOCK_INFO = bytes((1, 0, 2)) + struct.pack("<i", -1) + b"\0"


def is_asked(text: bytes, fields: Mapping[str, str]) -> bool:
    """Whether this is that question, from a client that speaks a revision."""
    spoken = fields.get("client_protocol_version", "")
    return text.strip() == QUESTION and spoken.isdecimal() and int(spoken) > 0


def answer(fields: Mapping[str, str], version: str, timezone: str) -> bytes:
    """One block of one row in the client's revision: name, version, revision 0, time zone."""
    serialized = int(fields["client_protocol_version"]) >= REVISION_WITH_SERIALIZATION
    flag = b"\0" if serialized else b""
    columns = (
        ("displayName()", "String", _text(NAME)),
        ("version()", "String", _text(version)),
        ("revision()", "UInt32", struct.pack("<I", 0)),
        ("timezone()", "String", _text(timezone)),
    )
    told = b"".join(_text(name) + _text(kind) + flag + data for name, kind, data in columns)
    return BLOCK_INFO + bytes((len(columns), 1)) + told


def _text(text: str) -> bytes:
    data = text.encode()
    length, prefix = len(data), bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*prefix, length]) + data
