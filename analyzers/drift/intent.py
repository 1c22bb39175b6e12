"""Does the agent answer the same wishes with other actions, or are it the wishes that changed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """How runs of each intent usually go, by transitions, and how odd the runs held back are."""

    chance: Mapping[str, Mapping[Edge, float]]
    usual: Mapping[Edge, float]
    least: float
    odd: Mapping[str, Sequence[float]]
    all_odd: Sequence[float]

    def oddness(self, intent: str, path: Sequence[str]) -> float:
        """Nats a step; high: not as runs of this intent usually go."""
        known = self.chance.get(intent, self.usual)
        steps = list(edges(path))
        return -sum(log(known.get(edge, self.least)) for edge in steps) / len(steps)

    def chance_of(self, intent: str, path: Sequence[str]) -> float:
        """A p value: the share of held-back runs of this intent that are at least as odd.

        Split conformal (Vovk, Gammerman and Shafer 2005); of all runs if those of the intent are
        too few.
        """
        held = self.odd.get(intent, ())
        odd = held if len(held) >= CALIBRATION_MIN else self.all_odd
        at_least = len(odd) - int(np.searchsorted(odd, self.oddness(intent, path)))
        return (1 + at_least) / (len(odd) + 1)


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
    usual = _conditional(total, dict.fromkeys(total, 1.0 / ways), ways)
    chance = {intent: _conditional(row, usual, ways) for intent, row in counts.items()}
    least = SMOOTHING / ways / (1.0 + sum(total.values()))
    model = Model(chance, usual, least, {}, ())
    odd: dict[str, list[float]] = {}
    for intent, path in held_back:
        odd.setdefault(intent, []).append(model.oddness(intent, path))
    everything = sorted(value for values in odd.values() for value in values)
    return Model(chance, usual, least, {i: sorted(v) for i, v in odd.items()}, everything)


def _conditional(
    counts: Mapping[Edge, int], toward: Mapping[Edge, float], ways: int
) -> dict[Edge, float]:
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
