"""Does `wakeline replay` store what is in a file, all of it and once?"""

import re
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from app import replaying
from tests.app import stored
from tests.app.commands import invoke

REQUESTS = 3


def count(table: str, data: Path) -> int:
    """Rows of a table."""
    asked = invoke("sql", "--data", data, f"SELECT count() FROM {table}")
    assert asked.code == 0, asked
    return int(asked.out)


def spans_of(request: ExportTraceServiceRequest) -> list[Span]:
    """The spans of a request with one resource and scope."""
    return list(request.resource_spans[0].scope_spans[0].spans)


def test_files_of_every_kind_are_stored(data: Path, tmp_path: Path) -> None:
    outcome = invoke(
        "replay", "--data", data,
        stored.messages(tmp_path / "spans.pb", stored.traces(0)),
        stored.messages(tmp_path / "spans.pb.gz", stored.traces(1)),
        stored.lines(tmp_path / "spans.jsonl", stored.traces(2)),
        stored.lines(tmp_path / "spans.jsonl.gz", stored.traces(3)),
        stored.messages(tmp_path / "logs.pb", stored.logs(0)),
        stored.lines(tmp_path / "logs.jsonl.gz", stored.logs(1)),
        stored.messages(tmp_path / "metrics.pb.gz", stored.metrics()),
        stored.lines(tmp_path / "metrics.jsonl", stored.metrics()),
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == "8 requests taken, 0 of them stored before\n"
    assert count("otel_traces", data) == 4 * stored.SPANS
    assert count("otel_logs", data) == 2


def test_a_file_that_is_sent_twice_is_stored_once(spans: Path, data: Path) -> None:
    for repeated in (0, REQUESTS):
        outcome = invoke("replay", spans, "--data", data)
        assert outcome.out == f"3 requests taken, {repeated} of them stored before\n"
    assert count("otel_traces", data) == REQUESTS * stored.SPANS


def test_what_is_replayed_has_its_agents_when_the_command_ends(data: Path, tmp_path: Path) -> None:
    requests = [stored.traces(number) for number in range(2)]
    for request, agent in zip(requests, ("planner", ""), strict=True):
        above, below = spans_of(request)
        below.parent_span_id = above.span_id
        above.attributes.add(key="gen_ai.agent.name").value.string_value = agent
        for span in (above, below):
            span.attributes.add(key="gen_ai.operation.name").value.string_value = "execute_tool"
    file = stored.messages(tmp_path / "steps.pb", *requests)
    assert invoke("replay", file, "--data", data).code == 0
    query = "SELECT agent, agent_origin FROM steps FINAL ORDER BY trace_id, span_id"
    assert invoke("sql", "--data", data, "--format", "TSV", query).out.splitlines() == [
        "planner\tspan",
        "planner\tancestor",
        "stored\tservice",
        "stored\tservice",
    ]


def test_spans_without_ids_are_rejected_and_counted(data: Path, tmp_path: Path) -> None:
    file = stored.messages(tmp_path / "bad.pb", stored.traces(0, bytes(16)), stored.traces(1))
    outcome = invoke("replay", file, "--data", data)
    assert outcome.out == "2 requests taken, 0 of them stored before, 2 spans rejected\n"
    assert count("otel_traces", data) == stored.SPANS


def test_what_comes_before_damage_is_stored_and_the_place_is_named(
    data: Path, tmp_path: Path
) -> None:
    good = stored.delimited(*map(stored.traces, range(REQUESTS)))
    file = stored.write(tmp_path / "cut.pb", good + b"\x7f")
    outcome = invoke("replay", file, "--data", data)
    assert outcome.refused() == f"{file}, byte {len(good)}: the message is cut off"
    assert outcome.out == "3 requests taken, 0 of them stored before\n"
    assert count("otel_traces", data) == REQUESTS * stored.SPANS


def test_a_request_that_is_no_otlp_is_named_and_the_others_are_stored(
    data: Path, tmp_path: Path
) -> None:
    good = stored.line(stored.traces(0))
    file = stored.write(tmp_path / "odd.jsonl", good + b'{"resourceSpans": 1}\n')
    outcome = invoke("replay", file, "--data", data)
    assert outcome.refused().startswith(f"{file}, line 2: ")
    assert count("otel_traces", data) == stored.SPANS


def test_a_file_that_holds_nothing_is_no_error(data: Path, tmp_path: Path) -> None:
    outcome = invoke("replay", stored.write(tmp_path / "empty", b""), "--data", data)
    assert (outcome.code, outcome.out) == (0, "0 requests taken, 0 of them stored before\n")


def test_a_missing_file_is_named_and_no_store_is_made(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.pb", tmp_path):
        outcome = invoke("replay", file, "--data", tmp_path / "none")
        assert outcome.refused() == f"there is no file {file}"
        assert outcome.out == ""
    assert not (tmp_path / "none").exists()


MIB = 1024**2


def large(path: Path, size: int) -> Path:
    """A file of one request that is over `size` bytes."""
    request = stored.traces(0)
    attributes = spans_of(request)[0].attributes
    attributes.add(key="page").value.string_value = "x" * size
    return stored.messages(path, request)


def test_a_spool_that_stays_full_is_told(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "TRIES_MAX", 1)
    monkeypatch.setenv("WAKELINE_COLLECTOR__SPOOL__BYTES_MAX", str(MIB))
    outcome = invoke("replay", large(tmp_path / "large.pb", MIB), "--data", data)
    assert "the spool is full" in outcome.refused()
    assert outcome.out == "0 requests taken, 0 of them stored before\n"


def test_what_the_store_refuses_is_kept_told_and_can_be_sent_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as little_memory:
        little_memory.setenv("WAKELINE_STORAGE__INSERT_MEMORY_BYTES_MAX", str(64 * MIB))
        outcome = invoke("replay", large(tmp_path / "large.pb", 20 * MIB), "--data", data)
    assert outcome.refused() == "the store refused 1 request; `wakeline doctor` says why"
    problems = invoke("doctor", "--data", data, "--format", "json")
    assert problems.code == 1
    (problem,) = problems.json["problems"]
    assert problem.startswith("Dead letter ")
    assert "insert_memory_bytes_max" in problem
    letter = re.search(r"`wakeline replay (\S+)`", problem)
    assert letter
    assert invoke("replay", letter[1], "--data", data).code == 0
    Path(letter[1]).unlink()
    assert invoke("doctor", "--data", data).code == 0
    assert count("otel_traces", data) == stored.SPANS
