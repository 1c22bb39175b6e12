"""Do the spans of every finding exist and say what its sentence says?"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig
from app.analysis import Analysis
from domain.asked import Asked
from domain.findings import Role
from storage.findings import FindingRows
from storage.store import Store
from tests.app.commands import invoke
from tests.golden.emitters import rows

Row = dict[str, Any]


def analyzed(store: Store) -> list[Row]:
    done = Analysis(store, AnalyzersConfig()).to_the_end()
    assert dict(done.unworded) == {}, "a sentence had an empty slot"
    return FindingRows(store).listed(Asked(shadow=True), 100_000)


@pytest.fixture(scope="module")
def found(module_store: Store, module_data: Path) -> tuple[Store, list[Row]]:
    """What the demo sends and what frameworks recorded, each in tenants of its own."""
    assert invoke("demo", "--exit", "--a-day", 10, "--data", module_data).code == 0
    rows.load(module_store)
    findings = analyzed(module_store)
    tenants = {finding["tenant"] for finding in findings}
    assert "default" in tenants
    assert tenants.intersection(rows.EMITTERS)
    return module_store, findings


def stepped(store: Store, findings: list[Row]) -> dict[tuple[str, str], list[Row]]:
    """The steps of all traces of the findings, by tenant and trace."""
    traces = {f"'{trace}'" for finding in findings for trace in finding["trace_ids"]}
    answer = store.read_only(
        "SELECT tenant, trace_id, span_id, agent, tool FROM steps FINAL"
        f" WHERE trace_id IN ({', '.join(traces)})",
        "JSONEachRow",
    )
    steps: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in map(json.loads, answer.splitlines()):
        steps[row["tenant"], row["trace_id"]].append(row)
    return steps


def test_evidence_exists_and_agents_and_tools_are_those_of_its_traces(
    found: tuple[Store, list[Row]],
) -> None:
    store, findings = found
    of_trace = stepped(store, findings)
    for finding in findings:
        steps = [row for one in finding["trace_ids"] for row in of_trace[finding["tenant"], one]]
        spans = {(step["trace_id"], step["span_id"]) for step in steps}
        evidence = [(one["trace_id"], one["span_id"]) for one in finding["evidence"]]
        assert evidence, finding
        assert set(evidence) <= spans, finding
        assert {one["role"] for one in finding["evidence"]} <= set(Role)
        assert set(finding["agents"]) <= {step["agent"] for step in steps}, finding
        tools = finding["facts"].get("tools", finding["facts"].get("tool", []))
        named = {tools} if isinstance(tools, str) else set(tools)
        assert named <= {step["tool"] for step in steps}, finding


def test_sentences_are_whole_and_times_in_order(found: tuple[Store, list[Row]]) -> None:
    for finding in found[1]:
        reason = finding["reason"]
        assert reason[-1] in ".!)", finding
        assert not set("{}") & set(reason.replace(json.dumps(finding["facts"]), "")), finding
        assert "None" not in reason.split(), finding
        assert finding["first_at"] <= finding["last_at"], finding
        assert 0 < finding["confidence"] <= 1, finding


def test_a_second_pass_finds_the_same(found: tuple[Store, list[Row]]) -> None:
    store, findings = found
    assert analyzed(store) == findings
