"""Which agent and which step of a failed run: how often is the right one named?

On runs whose responsible agent and decisive step people have labelled (Who&When), by the two ways
in which the runs were made, or on runs with a labelled root cause; beside rankings that hardly look
and what others published. The weights of the product were fitted to Who&When, so more rows show
weights of all runs but the one in question, of the other half alone, and none, but signs.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.console import Console
from rich.table import Table
from scipy import optimize

from analyzers.attribution import ranking, weights
from analyzers.attribution.parts import parts
from analyzers.attribution.turns import Turn, turns
from app.attribution import StoredAttribution
from bench.output import write_json
from domain.attribution import RunStep
from storage.attribution import TraceSteps
from storage.store import Store

Weights = Mapping[str, float]
Named = Sequence[tuple[str, int]]
Naming = Callable[["Run"], Named]

# The best of each, of methods that ask a model, on all runs of a half (Zhang et al. 2025, table 1).
PUBLISHED = {"hand_crafted": (0.5517, 0.088), "algorithm_generated": (0.5433, 0.255)}
# Nothing fitted at all (improper linear models, Dawes 1979).
SIGNS = {name: math.copysign(1.0, weight) for name, weight in weights.WEIGHTS.items()}
# Pulls fitted weights to 0, for runs are few.
RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """A labelled run: half, the agent (or empty) and the step that people name, and its steps."""

    trace_id: str
    half: str
    agent: str
    step: int
    steps: Sequence[RunStep]

    @property
    def turns(self) -> list[Turn]:
        """In order of time."""
        return turns(self.steps)

    @property
    def said(self) -> list[str]:
        """Agents of the turns that are no calls, in order of time."""
        return [turn.step.agent for turn in self.turns if not turn.is_call]

    def number(self, turn: Turn) -> int:
        """Of the turn, as labels count."""
        return turn.place + 1 if turn.step.number is None else turn.step.number


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares of the runs of a half, 0 to 1; None where a ranking does not say."""

    half: str
    ranking: str
    runs: int
    agent_top_1: float | None = None
    step_top_1: float | None = None
    step_top_3: float | None = None


def stored(folder: Path, data: Path) -> None:
    """The runs of `folder` into an embedded store below `data`, looked through by analyzers."""
    for words in (["replay", str(folder / "dev.otlp.pb")], ["analyze", "--once"]):
        command = [sys.executable, "-m", "app", *words, "--data", str(data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def labelled(folder: Path, store: Store) -> list[Run]:
    """The runs of `folder` of which somebody says who and where, or else where alone, with their
    steps in the store."""
    lines = (folder / "dev.labels.jsonl").read_text().splitlines()
    labels = [json.loads(line) for line in lines]
    halves = {one["trace_id"]: one["subset"] for one in labels if "subset" in one}
    said = [one for one in labels if one["label_type"] == "responsible_agent"]
    steps = TraceSteps(store)
    return [
        Run(
            trace_id=one["trace_id"],
            half=halves.get(one["trace_id"], one["dataset"]),
            agent=one["agent"] if said else "",
            step=one["step"],
            steps=steps.of("", one["trace_id"])[1],
        )
        for one in said or [one for one in labels if one.get("root_cause")]
    ]


def by_product(store: Store) -> Naming:
    """What `wakeline attribute` says."""
    attributing = StoredAttribution(store)

    def name(run: Run) -> Named:
        suspects = attributing.attribution("", run.trace_id).suspects
        return [(one.agent, one.step) for one in suspects]

    return name


def by_weights(of: Mapping[str, Weights]) -> Naming:
    """As the product, of the shape alone, with the weights for each trace."""

    def name(run: Run) -> Named:
        _, suspects = ranking.ranked(run.steps, (), len(run.steps), of[run.trace_id])
        return [(one.agent, one.step) for one in suspects]

    return name


def fitted(runs: Sequence[Run]) -> Weights:
    """A conditional logit with a ridge: which turn of each run has the label, by its marks."""
    cases = list(_cases(runs))

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = RIDGE * float(at @ at), 2 * RIDGE * at
        for marks, place in cases:
            odds = marks @ at
            shares = np.exp(odds - odds.max())
            shares /= shares.sum()
            value -= float(np.log(shares[place]))
            slope = slope - marks[place] + shares @ marks
        return value, slope

    start = np.zeros(len(weights.WEIGHTS))
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B")
    return dict(zip(weights.WEIGHTS, map(float, found.x), strict=True))


def _cases(runs: Sequence[Run]) -> Iterator[tuple[NDArray[np.float64], int]]:
    """Marks of all turns of a run, and the place of the labelled one."""
    for run in runs:
        made = run.turns
        marks = weights.marks(made, parts(made, run.steps))
        rows = np.array([[float(one[name]) for name in weights.WEIGHTS] for one in marks])
        yield from ((rows, turn.place) for turn in made if run.number(turn) == run.step)


def accuracies(runs: Sequence[Run], product: Naming) -> Iterator[Accuracy]:
    """Of every ranking on every half."""
    for half in dict.fromkeys(run.half for run in runs):
        of = [run for run in runs if run.half == half]
        yield _accuracy(of, "wakeline attribute", product)
        without = {run.trace_id: fitted([one for one in runs if one is not run]) for run in of}
        yield _accuracy(of, "weights of all other runs", by_weights(without))
        traces = [run.trace_id for run in of]
        other = dict.fromkeys(traces, fitted([run for run in runs if run.half != half]))
        if len(of) < len(runs):
            yield _accuracy(of, "weights of the other half", by_weights(other))
        yield _accuracy(of, "no weights, signs alone", by_weights(dict.fromkeys(traces, SIGNS)))
        yield from _trivial(of)
        if half in PUBLISHED:
            agent, step = PUBLISHED[half]
            yield Accuracy(half, "published, asking a model", 0, agent, step)


def _accuracy(runs: Sequence[Run], name: str, naming: Naming) -> Accuracy:
    named = [(run, naming(run)) for run in runs]
    agents = _share(run.agent and run.agent.lower() == of[0][0].lower() for run, of in named)
    first = _share(run.step == of[0][1] for run, of in named)
    three = _share(run.step in [step for _, step in of[:3]] for run, of in named)
    return Accuracy(runs[0].half, name, len(runs), agents, first, three)


def _share(right: Iterable[bool | str]) -> float | None:
    """Of those that can be judged; None where none can, its text being empty."""
    judged = [one for one in right if one != ""]
    return sum(map(bool, judged)) / len(judged) if judged else None


def _trivial(runs: Sequence[Run]) -> Iterator[Accuracy]:
    """What looks at next to nothing; the constant step is the best in hindsight."""
    half, count = runs[0].half, len(runs)
    guesses: dict[str, Callable[[Run], str]] = {
        "the last who spoke": lambda run: run.said[-1],
        "who spoke most": lambda run: _most(run, frozenset()),
        "the same, coordinators left out": lambda run: _most(
            run, parts(run.turns, run.steps).coordinators
        ),
    }
    for name, guess in guesses.items():
        right = _share(run.agent and run.agent.lower() == guess(run).lower() for run in runs)
        yield Accuracy(half, name, count, right)
    steps = [hits for _, hits in Counter(run.step for run in runs).most_common(3)]
    yield Accuracy(half, "a constant step", count, None, steps[0] / count, sum(steps) / count)
    chance = sum(1 / len(run.turns) for run in runs) / count
    yield Accuracy(half, "any step, by chance", count, None, chance, min(1.0, 3 * chance))


def _most(run: Run, without: Set[str]) -> str:
    return Counter(agent for agent in run.said if agent not in without).most_common(1)[0][0]


def shown(found: Sequence[Accuracy]) -> Iterator[Table]:
    """A table for each half, shares in %."""
    for half in dict.fromkeys(one.half for one in found):
        of = [one for one in found if one.half == half]
        table = Table(title=f"{half.replace('_', ' ')}, {of[0].runs} runs", box=box.SIMPLE)
        table.add_column("")
        for title in ("agent", "step", "step of three"):
            table.add_column(title, justify="right")
        for one in of:
            shares = (one.agent_top_1, one.step_top_1, one.step_top_3)
            table.add_row(one.ranking, *("" if s is None else f"{s:.1%}" for s in shares))
        yield table


def main() -> None:
    """Measure, print tables and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.attribution", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with dev.otlp.pb and dev.labels.jsonl"
    )
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    if not (asked.data / "dev.otlp.pb").exists():
        parser.error(f"{asked.data} holds no dev.otlp.pb")
    with tempfile.TemporaryDirectory() as name:
        stored(asked.data, Path(name))
        with Store(f"chdb://{name}/store") as store:
            runs = labelled(asked.data, store)
            found = list(accuracies(runs, by_product(store)))
    for table in shown(found):
        Console(width=120).print(table)
    write_json(
        {
            "accuracy": list(map(asdict, found)),
            "weights": fitted(runs),
            "load_average": os.getloadavg(),
        },
        asked.json,
    )


if __name__ == "__main__":
    main()
