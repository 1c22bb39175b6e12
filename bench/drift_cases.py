"""Groups of real runs, labelled drift or no drift: which does `wakeline compare` call different?

Replays each set of traces, compares the runs of each case as the command does, and prints verdict,
evidence and the largest effects, beside rules of others on the mix of tools. Then it splits the
baselines of the no-drift cases at random, again and again: how often are like halves told apart?
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from analyzers.drift.arrays import Counts
from analyzers.drift.groups import MISS, RUNS_MIN, compare
from bench.drift import rivals
from bench.output import write_json
from domain.access import DEFAULT_TENANT
from domain.comparison import Comparison, Run, Verdict
from storage.compare import ComparedRuns
from storage.store import Store

CASES = "*.drift_cases.jsonl"
SEED = 1
TOP = 3
RULES: dict[str, rivals.Rule] = {
    "Jensen-Shannon >= 0.1": rivals.js,
    "chi-square p < 0.05": rivals.chi_square,
    "PSI >= 0.1": rivals.psi,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled case, what was said of it, and which rules of others call it drift."""

    dataset: str
    name: str
    drifted: bool
    found: Comparison
    rules: Sequence[str]


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases of a folder; halves: of random halves of like runs, how many were told apart."""

    cases: Sequence[Case]
    halves: int
    told_apart: int

    def flagged(self, *, drifted: bool) -> tuple[int, int]:
        """Cases of this kind that were called drift, of all."""
        of_it = [case for case in self.cases if case.drifted is drifted]
        return sum(case.found.verdict is Verdict.DRIFT for case in of_it), len(of_it)


def measured(folder: Path, halves: int) -> Cases:
    """Of every set of traces below `folder` that has cases; `halves` of each like group."""
    cases: list[Case] = []
    splits: list[bool] = []
    for path in sorted(folder.glob(f"*/{CASES}")):
        labelled = [json.loads(line) for line in path.read_text().splitlines()]
        runs = _runs(path, labelled)
        cases += [_case(path.parent.name, one, runs) for one in labelled]
        splits += _halves(labelled, runs, halves)
    return Cases(cases, len(splits), sum(splits))


def _runs(path: Path, labelled: Sequence[Mapping[str, Any]]) -> dict[str, Run]:
    """Of all cases, by trace id, as the product reads them from its store."""
    ids = sorted({one for case in labelled for one in (*case["baseline"], *case["candidate"])})
    traces = path.with_name(path.name.replace(".drift_cases.jsonl", ".otlp.pb"))
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "app", "replay", str(traces), "--data", data]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with Store(f"chdb://{data}/store") as store:
            found = ComparedRuns(store, DEFAULT_TENANT).named(ids).runs
    return {run.trace_id: run for run in found}


def _case(dataset: str, labelled: Mapping[str, Any], runs: dict[str, Run]) -> Case:
    old, new = ([runs[one] for one in labelled[group]] for group in ("baseline", "candidate"))
    return Case(
        dataset=dataset,
        name=str(labelled["case"]),
        drifted=labelled["kind"] == "drift",
        found=compare(old, new),
        rules=[name for name, rule in RULES.items() if np.any(rule(*_mixes(old, new)))],
    )


def _mixes(old: Sequence[Run], new: Sequence[Run]) -> tuple[Counts, Counts]:
    """Calls of each tool in all runs of a group."""
    counts = [Counter(tool for run in group for tool in run.tools) for group in (old, new)]
    tools = sorted(counts[0].keys() | counts[1].keys())
    first, second = (np.array([[one[tool] for tool in tools]]) for one in counts)
    return first[None], second


def _halves(
    labelled: Sequence[Mapping[str, Any]], runs: dict[str, Run], many: int
) -> Iterator[bool]:
    """Random halves of each group that is whole in some case, and large enough to be halved."""
    groups = {
        tuple(sorted((*case["baseline"], *case["candidate"])))
        for case in labelled
        if case["kind"] == "no_drift"
    }
    for number, group in enumerate(sorted(groups)):
        rng = np.random.default_rng([SEED, number])
        for _ in range(many if len(group) >= 2 * RUNS_MIN else 0):
            mixed = rng.permutation(list(group)).tolist()
            old, new = mixed[::2], mixed[1::2]
            found = compare([runs[one] for one in old], [runs[one] for one in new])
            yield found.verdict is Verdict.DRIFT


def shown(found: Cases) -> Iterator[Table | str]:
    """For people."""
    table = Table(title="real cases", box=box.SIMPLE)
    for column in ("case", "label", "verdict", "runs", "e-value", "p", "largest effects", "others"):
        table.add_column(column)
    for case in found.cases:
        said = case.found
        effects = "; ".join(
            f"{one.channel} {one.effect.sds:+.2f} sd" for one in said.channels[:TOP]
        )
        table.add_row(
            f"{case.dataset} {case.name}", "drift" if case.drifted else "no drift", said.verdict,
            f"{said.baseline}, {said.candidate}", f"{said.e_value:.3g}", f"{said.p_value:.4f}",
            effects, ", ".join(case.rules),
        )  # fmt: skip
    yield table
    for drifted, name in ((True, "drift cases found"), (False, "no-drift cases flagged")):
        of_it = [case for case in found.cases if case.drifted is drifted]
        yield f"{name}: {_share(*found.flagged(drifted=drifted))}" + "".join(
            f"; {rule}: {_share(sum(rule in case.rules for case in of_it), len(of_it))}"
            for rule in RULES
        )
    told = _share(found.told_apart, found.halves)
    yield f"random halves of like runs told apart: {told}; stated: at most {MISS:.0%}"


def _share(some: int, of: int) -> str:
    return f"{some} of {of}"


def main() -> None:
    """Measure, print a table, and JSON; ends with 1 when more no-drift is flagged than stated."""
    parser = argparse.ArgumentParser(prog="python -m bench.drift_cases", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help=f"folder with */{CASES}")
    parser.add_argument("--halves", type=int, default=20, help="of each group of like runs")
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    found = measured(asked.data, asked.halves)
    console = Console(width=200)
    for part in shown(found):
        console.print(part)
    rows = [
        {
            "case": case.name, "dataset": case.dataset, "drifted": case.drifted,
            "verdict": case.found.verdict, "e_value": case.found.e_value,
            "p_value": case.found.p_value, "baseline": case.found.baseline,
            "candidate": case.found.candidate, "rules": list(case.rules),
            "effects": {
                f"{one.family} {one.channel}": {
                    "sds": one.effect.sds, "low": one.effect.low, "high": one.effect.high,
                    "e_value": one.e_value,
                }
                for one in case.found.channels[:TOP]
            },
        }
        for case in found.cases
    ]  # fmt: skip
    write_json({"cases": rows, "halves": found.halves, "told_apart": found.told_apart}, asked.json)
    flagged, of = found.flagged(drifted=False)
    sys.exit(flagged > MISS * of)


if __name__ == "__main__":
    main()
