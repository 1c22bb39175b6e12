"""Are faults found, and only faults? Known ones among healthy runs, through intake and store."""

import argparse
import json
import os
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from analyzers.config import AnalyzersConfig
from app.analysis import Analysis
from app.policies import Policies
from app.tool_administration import Tools
from bench import faulty_runs, run_segments
from bench.analyze import by_analyzer
from bench.fault_kinds import KINDS
from bench.faulty_runs import Run
from bench.near_faults import NEAR
from bench.output import write_json
from domain.envelope import Signal
from storage import derivation, migrate
from storage.store import Store

NEAR_SHARE = 1 / 3
TARGETS = {"precision": 0.9, "recall": 0.9, "false_alarms_per_1k": 2.0}
FOUND = """
SELECT signature, reason, groupUniqArrayArray(trace_ids) AS traces FROM findings FINAL
WHERE NOT shadow AND NOT retracted AND severity >= 'medium' GROUP BY signature, finding_id, reason
"""
ERRORS = "SELECT DISTINCT trace_id FROM steps FINAL WHERE status = 'Error'"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault: how many by its own signature, by others alone, by none."""

    injected: int
    right: int
    other: int
    missed: int


@dataclass(frozen=True, slots=True)
class Result:
    """precision, recall: of runs that have a finding of medium or above; false alarms: findings on
    healthy runs; baselines: precision and recall of flagging them all, and those with an error."""

    runs: int
    spans: int
    faulty: int
    kinds: Mapping[str, Kind]
    precision: float
    recall: float
    false_alarms: Mapping[str, int]
    false_alarms_per_1k: float
    baselines: Mapping[str, tuple[float, float]]
    examples: Sequence[str]
    failed: Mapping[str, str]


def runs_of(count: int, each: int, seed: int) -> list[Run]:
    """`count` healthy runs and `each` of every kind of fault, in any order."""
    made = []
    for number in range(count):
        rng = random.Random(f"{seed}-{number}-near")
        near = rng.choice(NEAR) if rng.random() < NEAR_SHARE else None
        made.append(faulty_runs.made(number, seed, "", near))
    for place, (kind, spoil) in enumerate(KINDS.items()):
        for number in range(each):
            own = count + place * each + number
            made.append(faulty_runs.made(own, seed, kind, spoil))
    random.Random(seed).shuffle(made)
    return run_segments.prices() + made


def store_runs(store: Store, runs: Sequence[Run], seed: int) -> None:
    """Send them all, under our policies and tools."""
    Policies(store).apply(faulty_runs.POLICIES)
    Tools(store).apply(faulty_runs.TOOLS)
    for segment in run_segments.segments(runs, seed, time.time_ns()):
        store.insert_segment(Signal.TRACES, segment.records, segment.token)
    now = datetime.now(UTC)
    derivation.inherit(store, now - timedelta(seconds=run_segments.BEGAN_AGO_S), now, now)


def result(store: Store, runs: Sequence[Run], seed: int) -> Result:
    """Analyze what is stored, and hold it against what was injected."""
    done = Analysis(store, AnalyzersConfig()).to_the_end()
    owners = {
        run_segments.trace_id(seed, run, trace).hex(): run
        for run in runs
        for trace in {span.trace for span in run.spans}
    }
    found: dict[int, set[str]] = defaultdict(set)
    alarms: Counter[str] = Counter()
    examples = []
    for row in _rows(store, FOUND):
        named = {owners[trace].number: owners[trace] for trace in row["traces"]}
        for number in named:
            found[number].add(row["signature"])
        if not any(run.fault for run in named.values()):
            alarms[row["signature"]] += 1
            examples.append(f"{row['signature']}: {row['reason']}")
    errors = {owners[row["trace_id"]].number for row in _rows(store, ERRORS)}
    return _scored(runs, found, errors, (alarms, examples, done.failed))


def _scored(
    runs: Sequence[Run], found: Mapping[int, set[str]], errors: set[int], said: Any
) -> Result:
    alarms, examples, failed = said
    judged = [run for run in runs if run.number >= 0]
    faulty = {run.number for run in judged if run.fault}
    # Who changed the price that another run read stale is named by that finding, and is no alarm.
    flagged = {number for number in found if number >= 0}
    kinds = {}
    for kind in KINDS:
        said_of = [found.get(run.number, set()) for run in judged if run.fault == kind]
        right = sum(kind in signatures for signatures in said_of)
        other = sum(bool(signatures) and kind not in signatures for signatures in said_of)
        kinds[kind] = Kind(len(said_of), right, other, len(said_of) - right - other)
    everything = {run.number for run in judged}
    return Result(
        len(judged), sum(len(run.spans) for run in runs), len(faulty), kinds,
        *_worth(flagged, faulty), dict(alarms),
        1000 * sum(alarms.values()) / max(1, len(judged) - len(faulty)),
        {"flag all": _worth(everything, faulty), "flag errors": _worth(errors, faulty)},
        examples, failed,
    )  # fmt: skip


def _worth(flagged: set[int], faulty: set[int]) -> tuple[float, float]:
    hits = len(flagged & faulty)
    return round(hits / max(1, len(flagged)), 4), round(hits / len(faulty), 4)


def _rows(store: Store, text: str) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in store.read_only(text, "JSONEachRow").splitlines()]


def measured(count: int, each: int, seed: int) -> tuple[Result, dict[str, float], dict[str, float]]:
    """The result, the seconds of storing and analyzing, and those of each analyzer."""
    with (
        tempfile.TemporaryDirectory(prefix="wakeline-bench-") as folder,
        Store(f"chdb://{Path(folder) / 'store'}") as store,
    ):
        migrate.apply(store, run_segments.RETENTION_DAYS)
        runs = runs_of(count, each, seed)
        times = [time.perf_counter()]
        store_runs(store, runs, seed)
        times.append(time.perf_counter())
        found = result(store, runs, seed)
        times.append(time.perf_counter())
        spent = {"store_s": round(times[1] - times[0], 1), "pass_s": round(times[2] - times[1], 1)}
        since = datetime.fromtimestamp(time.time() - run_segments.BEGAN_AGO_S, UTC)
        return found, spent, by_analyzer(store, since)


def show(found: Result, seed: int) -> None:
    """The tables."""
    title = f"{found.faulty} faults in {found.runs:,} runs ({found.spans:,} spans), seed {seed}"
    table = Table(title=title, box=box.SIMPLE)
    for column in ("fault", "injected", "found", "by another", "missed", "false alarms"):
        table.add_column(column, justify="left" if column == "fault" else "right")
    for name, kind in found.kinds.items():
        figures = (kind.injected, kind.right, kind.other, kind.missed)
        table.add_row(name, *map(str, figures), str(found.false_alarms.get(name, 0)))
    for name in sorted(set(found.false_alarms) - set(found.kinds)):
        table.add_row(name, *[""] * 4, str(found.false_alarms[name]))
    Console().print(table)
    worth = Table("runs flagged", "precision", "recall", box=box.SIMPLE)
    pairs = {"findings of medium or above": (found.precision, found.recall)}
    for way, (precision, recall) in (pairs | dict(found.baselines)).items():
        worth.add_row(way, f"{precision:.3f}", f"{recall:.3f}")
    Console().print(worth)
    print(f"false alarms per 1,000 healthy runs: {found.false_alarms_per_1k:.2f}")


def main() -> None:
    """Measure, print tables and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="healthy runs")
    parser.add_argument("--each", type=int, default=5, help="faults of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    found, spent, each = measured(asked.runs, asked.each, asked.seed)
    show(found, asked.seed)
    figures = {name: getattr(found, name) for name in Result.__slots__}
    figures |= {"kinds": {kind: asdict(counts) for kind, counts in found.kinds.items()}}
    figures |= spent | {"by_analyzer_s": each, "load_average": os.getloadavg(), "targets": TARGETS}
    write_json(figures, asked.json)


if __name__ == "__main__":
    main()
