"""Are the loops of real runs found, and quiet runs left alone? Figures beside trivial baselines."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig
from app.analysis import Analysis
from domain.asked import Asked
from storage.findings import FindingRows
from storage.store import Store
from tests.real_data.test_every_span import FILES, replay

FOLDERS = {path.parent.name: path for path in FILES}
POLLS = {"BashOutput"}

pytestmark = pytest.mark.skipif(not FILES, reason="WAKELINE_REAL_DATA names no traces")


@dataclass(frozen=True, slots=True)
class Analyzed:
    """Loops of one set of traces; flagged: trace ids with one."""

    loops: list[dict[str, Any]]
    traces: int

    @property
    def flagged(self) -> set[str]:
        """Trace ids with a loop."""
        return {trace for loop in self.loops for trace in loop["trace_ids"]}


def analyzed(name: str, data: Path) -> Analyzed:
    if name not in FOLDERS:
        pytest.skip(f"there is no {name}")
    replay(FOLDERS[name], data)
    with Store(f"chdb://{data / 'store'}") as store:
        Analysis(store, AnalyzersConfig()).to_the_end()
        rows = FindingRows(store).listed(Asked(), 10_000)
        count = store.read_only("SELECT uniqExact(TraceId) FROM otel_traces", "TSV")
    loops = [row for row in rows if row["signature"].startswith("LOOP")]
    for loop in loops:
        print(loop["trace_ids"][0], loop["signature"], loop["reason"])  # noqa: T201
    return Analyzed(loops, int(count))


def labels(name: str, file: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDERS[name].parent / file).read_text().splitlines():
        yield json.loads(line)


def test_every_identical_run_of_a_terminal_agent_is_found(tmp_path: Path) -> None:
    found = analyzed("terminal_claude_code", tmp_path)
    runs = [
        label
        for label in labels("terminal_claude_code", "dev.loops.jsonl")
        if label["kind"] == "identical_call_run" and label["tool"] not in POLLS
    ]
    assert runs
    assert {label["trace_id"] for label in runs} <= found.flagged


def test_self_reported_loops_are_found(tmp_path: Path) -> None:
    found = analyzed("whowhen", tmp_path)
    reported = {
        label["trace_id"]
        for label in labels("whowhen", "dev.labels.jsonl")
        if label["label_type"] == "self_reported_loop"
    }
    right = len(reported & found.flagged)
    precision, recall = right / len(found.flagged), right / len(reported)
    base = len(reported) / found.traces
    print(f"precision {precision:.2f}, recall {recall:.2f}; flagging every trace: {base:.2f}, 1.00")  # noqa: T201
    assert precision >= 0.80
    assert recall >= 0.85


def test_runs_of_customer_service_are_hardly_flagged(tmp_path: Path) -> None:
    found = analyzed("tau", tmp_path)
    print(f"{len(found.flagged)} of {found.traces} traces flagged")  # noqa: T201
    assert len(found.flagged) <= 0.02 * found.traces
