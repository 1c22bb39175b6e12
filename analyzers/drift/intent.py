"""Does the agent answer the same wishes with other actions, or are it the wishes that changed?"""

from bisect import bisect_left
from collections import Counter, defaultdict
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


def alignment(counts: Counts | Floats) -> float:
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


Path = tuple[str, ...]
Run = tuple[str, Path]
Runs = Mapping[Run, int]  # how many took each path, for each intent


@dataclass(frozen=True, slots=True)
class Model:
    """How runs usually go, by their transitions, and how odd runs are that were held back.

    own: of each intent with enough runs held back. usual: of all runs.
    """

    own: Mapping[str, "Usual"]
    usual: "Usual"

    def chance_of(self, intent: str, path: Path) -> float:
        """A p value: the share of runs of this intent that are at least as odd.

        Split conformal (Vovk, Gammerman and Shafer 2005); among all runs, by what is usual for
        all, if the intent is new or there are too few of its runs.
        """
        return self.own.get(intent, self.usual).chance_of(path)


@dataclass(frozen=True, slots=True)
class Usual:
    """chance: p(b given a). least: of a transition nobody has seen.

    odd: in order, nats a step; at_least: how many runs are as odd as each, or odder.
    """

    chance: Mapping[Edge, float]
    least: float
    odd: Sequence[float] = ()
    at_least: Sequence[int] = (0,)

    def oddness(self, path: Path) -> float:
        """Nats a step; high: not as runs usually go."""
        steps = list(edges(path))
        return -sum(log(self.chance.get(edge, self.least)) for edge in steps) / len(steps)

    def chance_of(self, path: Path) -> float:
        """Of a run that is at least as odd, among those known and itself."""
        place = bisect_left(self.odd, self.oddness(path))
        return (1 + self.at_least[place]) / (self.at_least[0] + 1)

    def judged_by(self, paths: Mapping[Path, int]) -> "Usual":
        """With the runs by which oddness is judged."""
        ordered = sorted((self.oddness(path), count) for path, count in paths.items())
        at_least = [0]
        for _, count in reversed(ordered):
            at_least.append(at_least[-1] + count)
        return replace(self, odd=[odd for odd, _ in ordered], at_least=at_least[::-1])


def learn(runs: Runs, held_back: Runs) -> Model:
    """From runs of the baseline, and others of it by which oddness is judged."""
    counts: defaultdict[str, Counter[Edge]] = defaultdict(Counter)
    for (intent, path), times in runs.items():
        for edge in edges(path):
            counts[intent][edge] += times
    total: Counter[Edge] = Counter()
    for row in counts.values():
        total.update(row)
    ways = len({b for _, b in total}) + 1
    usual = _conditional(total, dict.fromkeys(total, 1.0 / ways))
    least = SMOOTHING / ways / (1.0 + total.total())
    paths: defaultdict[str, Counter[Path]] = defaultdict(Counter)
    for (intent, path), times in held_back.items():
        paths[intent][path] += times
    own = {
        intent: Usual(_conditional(row, usual), least).judged_by(paths[intent])
        for intent, row in counts.items()
        if paths[intent].total() >= CALIBRATION_MIN
    }
    every: Counter[Path] = Counter()
    for known in paths.values():
        every.update(known)
    return Model(own, Usual(usual, least).judged_by(every))


def _conditional(counts: Mapping[Edge, int], toward: Mapping[Edge, float]) -> dict[Edge, float]:
    """p(b given a), drawn toward what is usual by half a count spread over the row."""
    visits: dict[str, int] = {}
    for (a, _), count in counts.items():
        visits[a] = visits.get(a, 0) + count
    return {
        (a, b): (counts.get((a, b), 0) + SMOOTHING * p) / (visits.get(a, 0) + SMOOTHING)
        for (a, b), p in toward.items()
    }


def off_intent(model: Model, runs: Runs, rate: float = OFF_INTENT) -> tuple[int, int]:
    """Runs whose p value is below `rate`, of all: a share that stays near `rate`, so a channel."""
    odd = sum(times for run, times in runs.items() if model.chance_of(*run) < rate)
    return odd, sum(runs.values())


def off_in_baseline(windows: Sequence[Runs], rate: float = OFF_INTENT) -> list[tuple[int, int]]:
    """The same of each window of a baseline, held against its other windows: so it is like a window
    that comes after it."""
    pooled: Counter[Run] = Counter()
    for window in windows:
        pooled.update(window)
    found = []
    for window in windows:
        others = Counter(pooled)
        others.subtract(window)
        known = {run: times for run, times in others.items() if times}
        found.append(off_intent(learn(known, known), window, rate))
    return found


def oddest(model: Model, runs: Runs, most: int = 5) -> list[Run]:
    """The runs with the smallest p values, to be shown as examples."""
    return sorted(runs, key=lambda run: (model.chance_of(*run), run))[:most]
