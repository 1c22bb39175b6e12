"""Is every request of a stored file read, as what it is, and is damage named by its place?"""

import gzip
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app import otlp_files
from app.otlp_files import StoredRequest
from collector.intake import Encoding
from collector.receiver import Kind
from domain.errors import InvalidInput
from tests.app import stored

REQUESTS: dict[Kind, tuple[Message, Message]] = {
    Kind.TRACES: (stored.traces(0), stored.traces(1)),
    Kind.LOGS: (stored.logs(0), stored.logs(1)),
    Kind.METRICS: (stored.metrics(), stored.metrics()),
}


def read(path: Path) -> tuple[list[StoredRequest], str]:
    """What was read before the end or the damage, and how the damage is told."""
    found: list[StoredRequest] = []
    try:
        for request in otlp_files.read(path):
            found.append(request)  # noqa: PERF402
    except InvalidInput as error:
        return found, str(error)
    return found, ""


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "stored"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_requests_come_back_as_they_were_stored(kind: Kind, packed: str, tmp_path: Path) -> None:
    file = stored.messages(tmp_path / f"messages{packed}", *REQUESTS[kind])
    requests, damage = read(file)
    assert not damage
    assert [request.kind for request in requests] == [kind, kind]
    assert [request.encoding for request in requests] == [Encoding.PROTOBUF] * 2
    assert [request.body for request in requests] == [
        request.SerializeToString() for request in REQUESTS[kind]
    ]


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("kind", REQUESTS)
def test_lines_come_back_as_they_were_stored(kind: Kind, packed: str, tmp_path: Path) -> None:
    file = stored.lines(tmp_path / f"lines{packed}", *REQUESTS[kind])
    requests, damage = read(file)
    assert not damage
    assert [(request.kind, request.encoding) for request in requests] == [(kind, Encoding.JSON)] * 2
    assert [request.body for request in requests] == list(map(stored.line, REQUESTS[kind]))
    assert [request.place for request in requests] == [f"{file}, line 1", f"{file}, line 2"]


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5))
def test_messages_of_any_length_are_found_again(names: list[bytes]) -> None:
    requests = [stored.traces(number) for number in range(len(names))]
    for request, name in zip(requests, names, strict=True):
        request.resource_spans[0].scope_spans[0].spans[0].name = name.hex()
    with tempfile.TemporaryDirectory() as folder:
        file = stored.messages(Path(folder) / "spans.pb", *requests)
        found, damage = read(file)
    assert not damage
    assert [request.body for request in found] == [
        request.SerializeToString() for request in requests
    ]


def test_a_file_of_lines_may_hold_several_kinds(tmp_path: Path) -> None:
    requests = [request for pair in REQUESTS.values() for request in pair]
    found, damage = read(stored.lines(tmp_path / "mixed.jsonl", *requests))
    assert not damage
    assert [request.kind for request in found] == [kind for kind in REQUESTS for _ in range(2)]


def test_a_name_of_ours_need_not_come_first(tmp_path: Path) -> None:
    found, damage = read(written(tmp_path, b' { "later": [1], "resourceLogs": []}\n'))
    assert not damage
    assert [request.kind for request in found] == [Kind.LOGS]


def test_leading_empty_messages_do_not_decide_what_the_file_holds(tmp_path: Path) -> None:
    empty = ExportLogsServiceRequest()
    empty.resource_logs.add()
    found, damage = read(stored.messages(tmp_path / "logs.pb", empty, *REQUESTS[Kind.LOGS]))
    assert not damage
    assert [request.kind for request in found] == [Kind.LOGS, Kind.LOGS]


def odd_log() -> Message:
    """Without times; its body, read as a span's name, is no text."""
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.body.bytes_value = b"\xff\xfe"
    return request


def odd_metric() -> Message:
    """Name and description as long as the ids of a span."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.name, metric.description = "sixteen.letters.", "of eight"
    metric.sum.data_points.add(as_int=1)
    return request


def odd_span() -> Message:
    """Without a start."""
    request = stored.traces(0)
    for span in request.resource_spans[0].scope_spans[0].spans:
        span.ClearField("start_time_unix_nano")
    return request


@pytest.mark.parametrize(
    ("request_of", "kind"),
    [(odd_log, Kind.LOGS), (odd_metric, Kind.METRICS), (odd_span, Kind.TRACES)],
)
def test_requests_that_look_like_others_are_told_apart(
    request_of: Callable[[], Message], kind: Kind, tmp_path: Path
) -> None:
    found, damage = read(stored.messages(tmp_path / "odd.pb", request_of()))
    assert not damage
    assert [request.kind for request in found] == [kind]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0",
        b"\0" + stored.delimited(ExportTraceServiceRequest()),
        gzip.compress(b"", mtime=0),
    ],
)
def test_a_file_that_holds_nothing_has_no_requests(content: bytes, tmp_path: Path) -> None:
    assert read(written(tmp_path, content)) == ([], "")


MESSAGE = stored.delimited(stored.traces(0))
LINE = stored.line(stored.traces(0))
PACKED = gzip.compress(MESSAGE * 2, mtime=0)
DAMAGED = {
    "cut off": (MESSAGE + MESSAGE[:-5], f", byte {len(MESSAGE)}: the message is cut off"),
    "no length": (MESSAGE + b"\xff" * 9, f", byte {len(MESSAGE)}: no length of an OTLP message"),
    "cut length": (MESSAGE + b"\x80", f", byte {len(MESSAGE)}: no length of an OTLP message"),
    "no JSON": (LINE + b"{a}\n", ", line 2: no JSON: "),
    "half JSON": (LINE + b'{"a', ", line 2: no JSON: "),
    "other JSON": (LINE + b'\n{"a": 1}\n', ", line 3: none of resourceSpans, resourceLogs"),
    "no object": (LINE + b"[1]\n", ", line 2: none of resourceSpans, resourceLogs"),
    "gzip ends early": (PACKED[:-12], ", byte "),
    "gzip checksum": (PACKED[:-8] + b"\0" * 8, ": the gzip data is damaged or ends early"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_comes_before_damage_is_read_and_the_place_is_named(
    damage: str, tmp_path: Path
) -> None:
    content, place = DAMAGED[damage]
    file = written(tmp_path, content)
    found, told = read(file)
    assert found
    assert found[0].body in {MESSAGE[2:], LINE}
    assert told.startswith(f"{file}, ")
    assert place in told


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just text, no OTLP\n", "byte 0: the message is cut off"),
        (b"\x04nope", "byte 0: this is no length-delimited OTLP"),
        (b"\xff\xff\xff\xff\x0f", "byte 0: no length of an OTLP message stands here"),
        (b'{"resourceSpan": []}', "line 1: none of resourceSpans"),
        (b"\x1f\x8b\x08nonsense", "byte 0 unpacked: the gzip data is damaged"),
        (b"\x1f\x8b", "byte 0 unpacked: the gzip data is damaged"),
    ],
)
def test_a_file_that_is_no_otlp_is_told_so(content: bytes, reason: str, tmp_path: Path) -> None:
    found, told = read(written(tmp_path, content))
    assert not found
    assert reason in told


def test_a_line_over_the_limit_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp_files, "MESSAGE_BYTES_MAX", len(LINE))
    found, told = read(written(tmp_path, LINE + LINE[:-1] + b" " * 9 + b"\n"))
    assert len(found) == 1
    assert f"line 2: it is over {len(LINE)} bytes" in told


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert read(tmp_path) == ([], f"{tmp_path}: Is a directory")


def test_positions_lead_to_the_end_of_the_file(tmp_path: Path) -> None:
    file = stored.messages(tmp_path / "spans.pb", *map(stored.traces, range(5)))
    found, _ = read(file)
    assert found[-1].position == file.stat().st_size


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, MESSAGE)
    os.close(writer)
    found, damage = read(Path(f"/proc/self/fd/{reader}"))
    os.close(reader)
    assert not damage
    assert [request.position for request in found] == [0]
