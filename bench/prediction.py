"""Do findings tell which runs fail?

Predictors: a finding of medium or above, each of its signatures alone, and naive rules, beside the
share of runs that fail. Each folder of labelled traces holds dev.otlp.pb, dev.labels.jsonl and
dev.loops.jsonl.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from analyzers import registry, weighing
from domain.findings import Severity, Window
from storage import contents, migrate
from storage.findings import StoredFindings
from storage.store import Store

EVER = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
RETENTION_DAYS = 30
SOURCES = ("tau", "terminal_claude_code")
FAILING_STREAK = ("identical_call_run", "failing_tool_run")
ERRORS = "SELECT DISTINCT TraceId AS trace_id FROM otel_traces WHERE StatusCode = 'Error'"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one predictor is worth: of `runs` it names `named`, of which `right` failed."""

    predictor: str
    named: int
    right: int
    failed: int
    runs: int

    @property
    def precision(self) -> float:
        """Share of the named that failed; that of all runs where none is named."""
        return self.right / self.named if self.named else 0.0

    @property
    def recall(self) -> float:
        """Share of the failed that are named."""
        return self.right / self.failed


def predictions(folder: Path) -> list[Prediction]:
    """All predictors over one folder, the base rate first."""
    failed = {row["trace_id"]: not row["success"] for row in _outcomes(folder)}
    named = {"all runs (base rate)": set(failed)} | _naive(folder) | dict(_found(folder))
    bad = {trace for trace, is_bad in failed.items() if is_bad}
    return [
        Prediction(name, len(ids & set(failed)), len(ids & bad), len(bad), len(failed))
        for name, ids in named.items()
    ]


def _outcomes(folder: Path) -> Iterator[Mapping[str, Any]]:
    for row in _lines(folder / "dev.labels.jsonl"):
        if row["label_type"] == "outcome" and row.get("success") is not None:
            yield row


def _naive(folder: Path) -> dict[str, set[str]]:
    kinds = FAILING_STREAK
    loops = {row["trace_id"] for row in _lines(folder / "dev.loops.jsonl") if row["kind"] in kinds}
    return {"naive: loop or failing streak": loops}


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    for line in path.read_text().splitlines():
        yield json.loads(line)


def _found(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """The traces of any error and of findings, by predictor."""
    with tempfile.TemporaryDirectory() as data:
        replay = ["-m", "app", "replay", str(folder / "dev.otlp.pb"), "--data", data]
        subprocess.run([sys.executable, *replay], check=True, stdout=subprocess.DEVNULL)
        with Store(f"chdb://{data}/store") as store:
            migrate.apply(store, RETENTION_DAYS)
            contents.derive_contents(store, EVER.since, EVER.until)
            rows = store.read_only(ERRORS, "JSONEachRow").splitlines()
            yield "naive: any error", {json.loads(row)["trace_id"] for row in rows}
            by_signature = _by_signature(store)
            yield "a finding of medium or above", set().union(*by_signature.values())
            yield from sorted(by_signature.items())


def _by_signature(store: Store) -> dict[str, set[str]]:
    known = {each.id: each for each in registry.catalogue()}
    every = registry.analyzers()
    found: dict[str, set[str]] = {}
    for analyzer in every:
        for draft in analyzer.drafts(StoredFindings(store), EVER):
            if weighing.severity(draft, known[draft.signature]) >= Severity.MEDIUM:
                traces = {one.trace_id for one in draft.evidence}
                found.setdefault(draft.signature, set()).update(traces)
    return found


def _table(folder: Path) -> Table:
    table = Table(title=f"failure, predicted: {folder.name}", box=box.SIMPLE)
    for column in ("predictor", "named", "precision", "recall"):
        table.add_column(column, justify="left" if column == "predictor" else "right")
    for one in predictions(folder):
        figures = (str(one.named), f"{one.precision:.2f}", f"{one.recall:.2f}")
        table.add_row(one.predictor, *figures)
    return table


def main() -> None:
    """Print one table for each folder."""
    parser = argparse.ArgumentParser(prog="python -m bench.prediction", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder above all")
    parser.add_argument("--of", nargs="+", default=SOURCES, help="folders in it")
    asked = parser.parse_args()
    for name in asked.of:
        if not (asked.data / name / "dev.labels.jsonl").exists():
            parser.error(f"{asked.data / name} holds no dev.labels.jsonl")
        Console().print(_table(asked.data / name))


if __name__ == "__main__":
    main()
