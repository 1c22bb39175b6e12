"""Does a segment give back every request as it was, and nothing that was not written?"""

import re
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from hypothesis import example, given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector import records
from collector.records import BAD_CHECKSUM, BAD_LENGTH, CUT_OFF, NO_RECORD, Record, Request
from domain import envelope
from domain.envelope import REQUEST_ID_BYTES, Signal
from tests.collector.otlp_requests import traces

RECEIVED = 1_700_000_000_123_456_789
SCHEMA = Path(records.__file__).parents[1] / "storage" / "otlp_envelope.proto"
FIELDS = {  # name: number, type and label as protobuf knows them
    "magic": (1, descriptor_pb2.FieldDescriptorProto.TYPE_FIXED32),
    "checksum": (2, descriptor_pb2.FieldDescriptorProto.TYPE_FIXED32),
    "tenant": (3, descriptor_pb2.FieldDescriptorProto.TYPE_STRING),
    "received_unix_nano": (4, descriptor_pb2.FieldDescriptorProto.TYPE_FIXED64),
    "retention_days": (5, descriptor_pb2.FieldDescriptorProto.TYPE_UINT32),
    "request_id": (6, descriptor_pb2.FieldDescriptorProto.TYPE_BYTES),
    "traces": (7, descriptor_pb2.FieldDescriptorProto.TYPE_BYTES),
    "logs": (8, descriptor_pb2.FieldDescriptorProto.TYPE_BYTES),
    "items": (9, descriptor_pb2.FieldDescriptorProto.TYPE_UINT32),
}

requests = st.builds(
    Request,
    signal=st.sampled_from(Signal),
    body=st.binary(max_size=400),
    tenant=st.text(max_size=20),
    retention_days=st.integers(1, 3650),
    request_id=st.binary(min_size=REQUEST_ID_BYTES, max_size=REQUEST_ID_BYTES),
    items=st.integers(0, 2**31),
)


def request(body: bytes, number: int = 0, signal: Signal = Signal.TRACES) -> Request:
    return Request(signal, body, "acme", 30, number.to_bytes(REQUEST_ID_BYTES, "little"), 3)


def encoded(*bodies: bytes) -> list[bytes]:
    return [records.encode(request(body, n), RECEIVED) for n, body in enumerate(bodies)]


def content(data: bytes, record: Record) -> tuple[str, int, bytes, int, Signal, bytes]:
    return (
        record.tenant, record.received_unix_nano, record.request_id, record.items, record.signal,
        data[record.body_start : record.end],
    )  # fmt: skip


def contents(data: bytes) -> list[tuple[str, int, bytes, int, Signal, bytes]]:
    return [content(data, record) for record in records.scan(data) if not record.damage]


def stretches(data: bytes) -> list[tuple[int, int, str]]:
    return [(record.start, record.end, record.damage) for record in records.scan(data)]


def message_of(record: bytes) -> Any:
    """The envelope as protobuf's own parser reads it."""
    file = descriptor_pb2.FileDescriptorProto(name="envelope.proto", syntax="proto3")
    message = file.message_type.add(name="Envelope")
    for name, (number, kind) in FIELDS.items():
        message.field.add(
            name=name, number=number, type=kind,
            label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL,
        )  # fmt: skip
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    parser = message_factory.GetMessageClass(pool.FindMessageTypeByName("Envelope"))
    length = 1 if record[0] < 0x80 else 2
    return parser.FromString(record[length:])


@given(st.lists(requests, max_size=6))
def test_what_was_encoded_is_scanned_in_order(written: list[Request]) -> None:
    data = b"".join(records.encode(one, RECEIVED) for one in written)
    assert contents(data) == [
        (one.tenant, RECEIVED, one.request_id, one.items, one.signal, one.body) for one in written
    ]


@pytest.mark.parametrize("signal", Signal)
def test_protobuf_reads_the_envelope_as_we_do(signal: Signal) -> None:
    body = traces().SerializeToString()
    message = message_of(records.encode(request(body, 5, signal), RECEIVED))
    assert message.tenant == "acme"
    assert message.received_unix_nano == RECEIVED
    assert message.retention_days == 30
    assert message.items == 3
    assert message.request_id == (5).to_bytes(REQUEST_ID_BYTES, "little")
    assert getattr(message, signal.name.lower()) == body
    assert ExportTraceServiceRequest.FromString(body).resource_spans


def test_the_engine_s_schema_gives_the_fields_the_same_numbers() -> None:
    text = re.search(r"message Envelope \{(.*?)\}", SCHEMA.read_text(), re.DOTALL)
    assert text
    declared = dict(re.findall(r"(\w+) = (\d+);", text[1]))
    assert declared == {
        name: str(number)
        for name, (number, _) in FIELDS.items()
        # The engine skips what only recovery reads.
        if name not in {"magic", "checksum", "request_id", "items"}
    }
    assert {signal.name.lower(): str(signal.value) for signal in Signal}.items() <= declared.items()


def test_the_tags_are_those_of_the_documented_fields() -> None:
    assert envelope.MAGIC[0] == 1 << 3 | 5
    assert bytes([2 << 3 | 5]) == envelope.CRC_TAG
    assert bytes([3 << 3 | 2]) == envelope.TENANT_TAG
    assert bytes([4 << 3 | 1]) == envelope.RECEIVED_TAG
    assert bytes([5 << 3]) == envelope.RETENTION_TAG
    assert bytes([6 << 3 | 2]) == envelope.REQUEST_ID_TAG
    assert bytes([9 << 3]) == envelope.ITEMS_TAG


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_any_damaged_byte_costs_its_own_record_and_no_other(mask: int) -> None:
    # Prefixes of one and of two bytes; the bodies hold records themselves.
    inside = records.encode(request(b"forged", 99), 1)
    parts = encoded(b"a", inside * 3, b"b" * 200 + inside, b"", inside)
    data = b"".join(parts)
    starts = [sum(map(len, parts[:n])) for n in range(len(parts) + 1)]
    sound = contents(data)
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]
        hit = next(n for n, end in enumerate(starts[1:]) if at < end)
        found = stretches(damaged)
        assert [(start, end) for start, end, _ in found] == list(pairwise(starts)), at
        assert [bool(damage) for _, _, damage in found] == [n == hit for n in range(len(parts))]
        # Never the beginning of a record: that would be dropped after a crash.
        assert found[hit][2] in {NO_RECORD, BAD_LENGTH, BAD_CHECKSUM}, at
        assert contents(damaged) == sound[:hit] + sound[hit + 1 :]


@given(st.data())
def test_any_other_value_of_any_byte_is_noticed(data: st.DataObject) -> None:
    parts = [records.encode(one, RECEIVED) for one in data.draw(st.lists(requests, min_size=1))]
    whole = b"".join(parts)
    at = data.draw(st.integers(0, len(whole) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != whole[at]))
    damaged = whole[:at] + bytes([value]) + whole[at + 1 :]
    assert [record.end - record.start for record in records.scan(damaged)] == list(map(len, parts))
    assert sum(bool(record.damage) for record in records.scan(damaged)) == 1
    assert set(contents(damaged)) <= set(contents(whole))


def test_a_segment_that_ends_anywhere_keeps_all_whole_records() -> None:
    parts = encoded(b"first", b"second" * 40)
    data = b"".join(parts)
    for end in range(len(parts[0]) + 1, len(data)):
        first, torn = records.scan(data[:end])
        assert not first.damage
        assert torn == Record(len(parts[0]), end, CUT_OFF)


def test_a_last_record_with_a_wrong_length_is_damaged_and_not_cut_off() -> None:
    (record,) = encoded(b"x" * 300)
    longer = records.varint(len(record) + 1000) + record[2:]
    assert stretches(longer) == [(0, len(longer), BAD_LENGTH)]


def test_a_wrong_length_in_the_middle_is_named() -> None:
    first, second = encoded(b"x" * 300, b"y")
    data = records.varint(10_000) + first[2:] + second
    assert stretches(data) == [(0, len(first), BAD_LENGTH), (len(first), len(data), "")]


def test_a_length_that_claims_less_than_the_record_is_damage() -> None:
    first, second = encoded(b"x" * 300, b"y")
    data = records.varint(200) + first[2:] + second
    assert stretches(data) == [(0, len(first), BAD_LENGTH), (len(first), len(data), "")]


def test_two_damaged_records_side_by_side_are_told_apart() -> None:
    parts = [bytearray(part) for part in encoded(b"a" * 50, b"b" * 50, b"c" * 50)]
    parts[0][-1] ^= 1
    parts[1][-1] ^= 1
    data = b"".join(parts)
    assert [damage for _, _, damage in stretches(data)] == [BAD_CHECKSUM, BAD_CHECKSUM, ""]


def test_reading_goes_on_after_lost_bytes() -> None:
    first, second, third = encoded(b"a" * 50, b"b" * 50, b"c" * 50)
    data = first + second[7:] + third
    end = len(data) - len(third)
    assert stretches(data) == [
        (0, len(first), ""),
        (len(first), end, NO_RECORD),
        (end, len(data), ""),
    ]


def test_reading_goes_on_after_garbage_that_looks_like_a_beginning() -> None:
    (record,) = encoded(b"a" * 50)
    garbage = records.varint(70) + records.HEAD + b"\0" * 100
    assert stretches(garbage + record)[-1] == (len(garbage), len(garbage + record), "")


def test_a_record_whose_length_was_lost_is_skipped_whole() -> None:
    inside = records.encode(request(b"forged", 99), 1)
    (record,) = encoded(inside * 2)
    data = b"\xff" * 20 + record[1:]
    assert stretches(data) == [(0, len(data), NO_RECORD)]


def test_a_checksum_that_fits_does_not_make_a_record_of_other_fields() -> None:
    body = b"\xff\xff"
    head = envelope.TENANT_TAG + b"\x02" + body  # no UTF-8
    rest = records.encode(request(b"z"), RECEIVED)
    tail = rest[rest.index(envelope.RECEIVED_TAG) :]
    checked = head + tail
    checksum = records.FIXED32.pack(zlib.crc32(checked))
    inner = records.HEAD + checksum + checked
    data = records.varint(len(inner)) + inner
    assert stretches(data) == [(0, len(data), BAD_CHECKSUM)]


def test_a_body_of_an_unknown_signal_is_no_record() -> None:
    checked = encoded(b"z")[0][1 + records.CHECKED_FROM :]
    checked = checked[:-3] + bytes([10 << 3 | 2]) + checked[-2:]
    inner = records.HEAD + records.FIXED32.pack(zlib.crc32(checked)) + checked
    data = records.varint(len(inner)) + inner
    assert stretches(data) == [(0, len(data), BAD_CHECKSUM)]


@given(st.lists(st.one_of(st.binary(max_size=30), requests), max_size=8))
@example([b"\xff" * 5])
@example([b"\x80"])
@example([records.HEAD])
@example([b"\x0a" + records.HEAD])
def test_any_bytes_are_covered_without_gaps_and_sound_records_are_genuine(
    pieces: list[bytes | Request],
) -> None:
    genuine = [piece for piece in pieces if isinstance(piece, Request)]
    data = b"".join(
        piece if isinstance(piece, bytes) else records.encode(piece, RECEIVED) for piece in pieces
    )
    found = list(records.scan(data))
    assert [record.start for record in found] == [0, *(record.end for record in found)][:-1] or (
        not data and not found
    )
    assert not found or found[-1].end == len(data)
    assert all(record.end > record.start for record in found)
    bodies = [(one.request_id, one.body) for one in genuine]
    for record in found:
        if not record.damage:
            assert (record.request_id, data[record.body_start : record.end]) in bodies


@given(st.integers(0, 2**35 - 1))
def test_a_varint_is_read_as_it_was_written(number: int) -> None:
    written = records.varint(number)
    assert records._varint_at(memoryview(written), 0) == (number, len(written))
