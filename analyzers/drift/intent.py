"""Does the agent answer the same wishes with other actions, or are it the wishes that changed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from analyzers.drift.arrays import Counts, Floats
from analyzers.drift.sequences import Edge, edges

SMOOTHING = 0.5
RUNS_MIN = 10
CALIBRATION_MIN = 200
OFF_INTENT = 0.05


def standardised(counts: Counts, baseline: Counts, runs_min: int = RUNS_MIN) -> Floats:
    """(windows, actions): the mix of actions if wishes came as in the baseline.

    counts: (windows, intents, actions). baseline: (intents, actions), pooled. An intent of fewer
    than `runs_min` actions in a window is taken over the seven before it, and as in the baseline
    if that is not enough. Direct standardisation, as of death rates by age.
    """
    weight = baseline.sum(axis=1) / baseline.sum()
    usual = baseline / np.maximum(baseline.sum(axis=1), 1)[:, None]
    mixes = []
    for window in range(len(counts)):
        held = np.where(
            (counts[window].sum(axis=1) < runs_min)[:, None],
            counts[max(0, window - 6) : window + 1].sum(axis=0),
            counts[window],
        )
        size = held.sum(axis=1)
        conditional = np.where(
            (size < runs_min)[:, None], usual, held / np.maximum(size, 1)[:, None]
        )
        mixes.append(weight @ conditional)
    return np.array(mixes)


def standardised_exposure(counts: Counts, baseline: Counts) -> Floats:
    """(windows,): the number of runs that would say as much of a share without standardising."""
    weight = baseline.sum(axis=1) / baseline.sum()
    size = np.maximum(counts.sum(axis=2), 1)
    exposure: Floats = 1.0 / np.sum(weight**2 / size, axis=1)
    return exposure


def alignment(counts: Counts) -> float:
    """Nats that the intent tells of the action, freed of its bias (Miller 1955).

    counts: (intents, actions). It falls when everything is answered the same way.

    >>> round(alignment(np.array([[5000, 0], [0, 5000]])), 2)
    0.69
    """
    total = counts.sum()
    if not total:
        return 0.0
    joint = counts / total
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    some = joint > 0
    plain = float(np.sum(joint[some] * np.log(joint[some] / apart[some])))
    rows, columns = np.count_nonzero(counts.sum(axis=1)), np.count_nonzero(counts.sum(axis=0))
    return float(plain - (rows - 1) * (columns - 1) / (2.0 * total))


@dataclass(frozen=True, slots=True)
class Model:
    """How runs usually go, by their transitions, and how odd runs that were held back are.

    own: of each intent with enough runs held back. usual: of all runs.
    """

    own: Mapping[str, "Usual"]
    usual: "Usual"

    def chance_of(self, intent: str, path: Sequence[str]) -> float:
        """A p value: the share of held-back runs of this intent that are at least as odd.

        Split conformal (Vovk, Gammerman and Shafer 2005); among all runs, by what is usual for
        all, if the intent is new or too few of its runs were held back.
        """
        return self.own.get(intent, self.usual).chance_of(path)


@dataclass(frozen=True, slots=True)
class Usual:
    """chance: p(b given a). least: of a transition nobody has seen. odd: sorted, nats a step."""

    chance: Mapping[Edge, float]
    least: float
    odd: Sequence[float] = ()

    def oddness(self, path: Sequence[str]) -> float:
        """Nats a step; high: not as runs usually go."""
        steps = list(edges(path))
        return -sum(log(self.chance.get(edge, self.least)) for edge in steps) / len(steps)

    def chance_of(self, path: Sequence[str]) -> float:
        """Of a run that is at least as odd, among those held back and itself."""
        at_least = len(self.odd) - int(np.searchsorted(self.odd, self.oddness(path)))
        return (1 + at_least) / (len(self.odd) + 1)

    def judged_by(self, paths: Sequence[Sequence[str]]) -> "Usual":
        """With the runs by which oddness is judged."""
        return replace(self, odd=sorted(map(self.oddness, paths)))


Run = tuple[str, Sequence[str]]


def learn(runs: Sequence[Run], held_back: Sequence[Run]) -> Model:
    """From runs (intent, path) of the baseline, and others of it by which oddness is judged."""
    counts: dict[str, dict[Edge, int]] = {}
    for intent, path in runs:
        row = counts.setdefault(intent, {})
        for edge in edges(path):
            row[edge] = row.get(edge, 0) + 1
    total: dict[Edge, int] = {}
    for row in counts.values():
        for edge, count in row.items():
            total[edge] = total.get(edge, 0) + count
    ways = len({b for _, b in total}) + 1
    usual = _conditional(total, dict.fromkeys(total, 1.0 / ways))
    least = SMOOTHING / ways / (1.0 + sum(total.values()))
    paths: dict[str, list[Sequence[str]]] = {}
    for intent, path in held_back:
        paths.setdefault(intent, []).append(path)
    own = {
        intent: Usual(_conditional(row, usual), least).judged_by(paths[intent])
        for intent, row in counts.items()
        if len(paths.get(intent, ())) >= CALIBRATION_MIN
    }
    return Model(own, Usual(usual, least).judged_by([path for _, path in held_back]))


def _conditional(counts: Mapping[Edge, int], toward: Mapping[Edge, float]) -> dict[Edge, float]:
    """p(b given a), drawn toward what is usual by half a count spread over the row."""
    visits: dict[str, int] = {}
    for (a, _), count in counts.items():
        visits[a] = visits.get(a, 0) + count
    return {
        (a, b): (counts.get((a, b), 0) + SMOOTHING * p) / (visits.get(a, 0) + SMOOTHING)
        for (a, b), p in toward.items()
    }


def off_intent(model: Model, runs: Sequence[Run], rate: float = OFF_INTENT) -> tuple[int, int]:
    """Runs whose p value is below `rate`, of all: a share that stays near `rate`, so a channel."""
    return sum(model.chance_of(intent, path) < rate for intent, path in runs), len(runs)


def oddest(model: Model, runs: Sequence[Run], most: int = 5) -> list[int]:
    """Places of the runs with the smallest p values, to be shown as examples."""
    chances = [model.chance_of(intent, path) for intent, path in runs]
    return sorted(range(len(runs)), key=chances.__getitem__)[:most]
