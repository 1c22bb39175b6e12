"""Are the runs that attributes or ids name found, each once, and what they did counted?"""

from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain.comparison import Group, Run
from domain.envelope import Signal
from storage import compare
from storage.compare import ComparedRuns
from storage.store import Store
from tests.analyzers.signatures.spans import Case, Span, call, chat, root, send
from tests.contracts.segments import TENANT, record, spans, token

DECIDED = {"wakeline.decision.action": "refund", "wakeline.decision.outcome": "auto"}
TOKENS: dict[str, Any] = {"gen_ai.usage.input_tokens": 30, "gen_ai.usage.output_tokens": 5}
RUN = [
    root("clerk", **{"gen_ai.agent.version": "7"}),
    chat(1, "hello", **TOKENS),
    call(2, "search", {"q": 1}, "found"),
    call(3, "search", {"q": 1}, "found", failed=True),
    Span(call(4, "pay", {"id": 2}, "ok").attributes, 4, events=[("wakeline.decision", DECIDED)]),
    call(5, "write", {"x": 1}, agent="other"),
]
UNNAMED = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look"}
HALF = [root("half"), Span(UNNAMED, 1, under=None), call(2, "look", {}, agent="another")]


def deployed(version: str, number: int) -> ExportTraceServiceRequest:
    """A run whose version is an attribute of its resource, and that no step bears."""
    request = spans("run", trace_id=bytes([200 + number]) * 16)
    (resource,) = request.resource_spans
    resource.resource.attributes.add(key="service.version").value.string_value = version
    return request


@pytest.fixture(scope="module")
def sent(module_store: Store) -> tuple[ComparedRuns, list[str]]:
    cases = [
        Case("run", RUN),
        Case("run", RUN),
        Case("other tenant", RUN, tenant="else"),
        Case("half", HALF),
    ]
    ids = send(module_store, cases)
    send(module_store, cases)  # retried
    for number, version in enumerate(("1.0", "1.0", "1.1")):
        segment = record(deployed(version, number))
        module_store.insert_segment(Signal.TRACES, segment, token())
    return ComparedRuns(module_store, TENANT), ids


def names(group: Group) -> list[str]:
    return sorted(run.trace_id for run in group.runs)


def test_a_run_is_counted_once_whatever_was_sent_again(
    sent: tuple[ComparedRuns, list[str]],
) -> None:
    runs, ids = sent
    (run,) = runs.named(ids[:1]).runs
    numbers = dict(run.numbers)
    assert numbers.pop("duration_ms") == pytest.approx(600_000.0)
    assert numbers == {
        "steps": 6, "tool_calls": 4, "model_calls": 1, "tools_used": 3, "failed_calls": 1,
        "repeated_calls": 1, "input_tokens": 30, "output_tokens": 5, "result_bytes": 12,
        "said_bytes": 72, "argument_bytes": 33,
    }  # fmt: skip
    assert list(run.tools) == ["search", "search", "pay", "write"]
    assert run.decisions == {"refund: auto": 1}


def test_runs_are_found_by_what_their_steps_have(sent: tuple[ComparedRuns, list[str]]) -> None:
    runs, ids = sent
    found = runs.having({"gen_ai.agent.version": "7"})
    assert (names(found), found.matched) == (ids[:2], 2)
    assert names(runs.having({"gen_ai.tool.name": "pay", "gen_ai.request.model": "m-1"})) == ids[:2]
    assert runs.having({"gen_ai.tool.name": "pay", "gen_ai.request.model": "m-2"}).runs == []


def test_runs_are_found_by_attributes_of_their_resource(
    sent: tuple[ComparedRuns, list[str]],
) -> None:
    runs, _ = sent
    assert runs.having({"service.version": "1.0"}).matched == 2
    assert runs.having({"service.version": "1.1", "service.name": "billing"}).matched == 1
    assert runs.having({"service.version": "2"}).matched == 0


def test_of_a_named_agent_its_own_steps_count(sent: tuple[ComparedRuns, list[str]]) -> None:
    runs, ids = sent
    found = runs.having({"gen_ai.agent.name": "other"})
    assert names(found) == ids[:2]
    assert [(run.numbers["steps"], list(run.tools)) for run in found.runs] == [(1, ["write"])] * 2
    assert not any(run.decisions for run in found.runs)


def test_steps_of_no_known_agent_count_beside_those_of_the_named_one(
    sent: tuple[ComparedRuns, list[str]],
) -> None:
    runs, ids = sent
    found = runs.having({"gen_ai.agent.name": "half"})
    assert names(found) == ids[3:]
    assert [run.numbers["steps"] for run in found.runs] == [2]


def test_runs_of_other_tenants_are_not_there(sent: tuple[ComparedRuns, list[str]]) -> None:
    runs, ids = sent
    found = runs.named([ids[2], "f" * 32, ids[0]])
    assert (names(found), found.matched, found.missing) == ([ids[0]], 1, 2)


def test_long_lists_are_asked_for_in_parts(
    sent: tuple[ComparedRuns, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, ids = sent
    whole = runs.named(ids)
    monkeypatch.setattr(compare, "IDS_AT_ONCE", 1)
    assert runs.named(ids) == whole


def test_of_more_runs_than_are_compared_it_says_how_many(
    sent: tuple[ComparedRuns, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, _ = sent
    monkeypatch.setattr(compare, "RUNS_MAX", 1)
    found = runs.having({"gen_ai.agent.version": "7"})
    assert (len(found.runs), found.matched) == (1, 2)


def test_a_value_is_never_a_part_of_the_query(sent: tuple[ComparedRuns, list[str]]) -> None:
    runs, _ = sent
    nothing: list[Run] = []
    assert runs.having({"a'] OR 1=1 --": "' OR 1=1 --"}).runs == nothing
