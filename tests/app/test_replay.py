"""Does `wakeline replay` store what is in a file, all of it and once?"""

import gzip
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from google.protobuf.message import Message
from tests.app import stored
from tests.app.commands import Instance, Outcome, invoke

SIGNALS: dict[str, Callable[[int], Message]] = {
    "otel_traces": stored.traces,
    "otel_logs": stored.logs,
}
REQUESTS = 3


def count(table: str, data: object) -> int:
    """Rows of a table; those of traces are two a request."""
    asked = invoke("sql", "--data", data, f"SELECT count() FROM {table}")
    assert asked.code == 0, asked
    return int(asked.out) // (stored.SPANS if table == "otel_traces" else 1)


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("write", [stored.messages, stored.lines])
@pytest.mark.parametrize("table", SIGNALS)
def test_every_kind_of_file_is_stored(
    table: str, write: Callable[..., Path], packed: str, tmp_path: Path
) -> None:
    file = write(tmp_path / f"stored{packed}", *map(SIGNALS[table], range(REQUESTS)))
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "3 requests taken, 0 of them stored before\n"
    assert count(table, tmp_path / "data") == REQUESTS


def test_a_file_that_is_sent_twice_is_stored_once(spans: Path, tmp_path: Path) -> None:
    for repeated in (0, REQUESTS):
        outcome = invoke("replay", spans, "--data", tmp_path / "data")
        assert outcome.out == f"3 requests taken, {repeated} of them stored before\n"
    assert count("otel_traces", tmp_path / "data") == REQUESTS


def test_several_files_are_sent_in_one_go(spans: Path, tmp_path: Path) -> None:
    more = stored.lines(tmp_path / "more.jsonl", stored.traces(7))
    assert invoke("replay", spans, more, "--data", tmp_path / "data").code == 0
    assert count("otel_traces", tmp_path / "data") == REQUESTS + 1


def test_metrics_are_taken_and_counted_but_not_stored(tmp_path: Path) -> None:
    for file in (
        stored.lines(tmp_path / "metrics.jsonl", stored.metrics()),
        stored.messages(tmp_path / "metrics.pb", stored.metrics()),
    ):
        outcome = invoke("replay", file, "--data", tmp_path / "data")
        assert (outcome.code, outcome.out) == (0, "1 request taken, 0 of them stored before\n")
    assert count("otel_traces", tmp_path / "data") == 0


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x00", gzip.compress(b"")])
def test_a_file_that_holds_nothing_is_no_error(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "empty"
    file.write_bytes(data)
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert (outcome.code, outcome.out) == (0, "0 requests taken, 0 of them stored before\n")


def test_spans_without_ids_are_rejected_and_counted(tmp_path: Path) -> None:
    file = stored.messages(tmp_path / "bad.pb", stored.traces(0, bytes(16)), stored.traces(1))
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert outcome.out == "2 requests taken, 0 of them stored before, 2 spans rejected\n"
    assert count("otel_traces", tmp_path / "data") == 1


GOOD = stored.delimited(stored.traces(0))
LINE = stored.line(stored.traces(0))
PACKED = gzip.compress(GOOD * 2)
DAMAGED = {
    "cut off": (GOOD + GOOD[:-5], f"byte {len(GOOD)}: the message is cut off"),
    "no length": (GOOD + b"\xff" * 9, f"byte {len(GOOD)}: no length of an OTLP message"),
    "cut length": (GOOD + b"\x80", f"byte {len(GOOD)}: no length of an OTLP message"),
    "no protobuf": (GOOD + b"\x03\xff\xff\xff", f"byte {len(GOOD)}: the body is no OTLP"),
    "no JSON": (LINE + b'{"resourceSpans": [}\n', "line 2: "),
    "other JSON": (LINE + b'\n{"a": 1}\n', "line 3: none of resourceSpans, resourceLogs"),
    "half JSON": (LINE + b'{"a', "line 2: no JSON"),
    "gzip ends early": (PACKED[:-4], "the gzip data is damaged or ends early"),
    "gzip damaged": (PACKED[:-8] + b"\0" * 8, "the gzip data is damaged or ends early"),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_what_comes_before_damage_is_stored_and_the_place_is_named(
    damage: str, tmp_path: Path
) -> None:
    data, place = DAMAGED[damage]
    file = tmp_path / "damaged"
    file.write_bytes(data)
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert outcome.refused().startswith(f"{file}, ")
    assert place in outcome.err
    assert " taken" in outcome.out
    assert count("otel_traces", tmp_path / "data") == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"just text, no OTLP\n", "byte 0: the message is cut off"),
        (b"\x04nope", "byte 0: this is no length-delimited OTLP"),
        (b"\xff\xff\xff\xff\x0f", "byte 0: no length of an OTLP message stands here"),
        (b'{"resourceSpan": []}', "line 1: none of resourceSpans"),
        (b"[1]\n", "byte 0: the message is cut off"),
        (b"\x1f\x8b\x08nonsense", "byte 0 unpacked: the gzip data is damaged"),
    ],
)
def test_a_file_that_is_no_otlp_is_refused(data: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "other"
    file.write_bytes(data)
    assert reason in invoke("replay", file, "--data", tmp_path / "data").refused()


def test_a_line_over_the_limit_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.otlp_files.MESSAGE_BYTES_MAX", len(LINE) + 1)
    file = tmp_path / "long.jsonl"
    file.write_bytes(LINE + LINE[:-1] + b" " * 9 + b"\n")
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert "line 2: it is over" in outcome.refused()


def test_a_missing_file_is_named_and_no_store_is_made(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.pb", tmp_path):
        outcome = invoke("replay", file, "--data", tmp_path / "data")
        assert outcome.refused() == f"there is no file {file}"
    assert not (tmp_path / "data").exists()


def test_what_the_store_refuses_is_a_dead_letter_and_an_error(tmp_path: Path) -> None:
    request = stored.traces(0)
    # Below the limits of the receiver and above those of the engine's schema: see its dead letters.
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.start_time_unix_nano = 2**64 - 1
    file = stored.messages(tmp_path / "odd.pb", request)
    outcome = invoke("replay", file, "--data", tmp_path / "data")
    assert outcome.code == 0
