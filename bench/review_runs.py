"""Does a 90 % interval of the weekly review hold the true harm at least 90 % of the time?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta as beta_law
from scipy.stats import norm

from domain.reviewing import FrameCase, Interval
from governance.estimates import weighted_rate
from governance.sampling import UNIFORM_MIN, chances

FRAME = 5000
LEVEL = 0.9
FRAMES = 40
# (harm, cases reviewed, how well the classifier knows it: 0 nothing, 1 all that can be known)
CASES = ((0.04, 120, 0.6), (0.04, 300, 0.6), (0.011, 120, 0.6), (0.15, 120, 0.2), (0.15, 120, 1.0))
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of 90 % intervals, by sampling and estimator; widths are means."""

    harm: float
    reviewed: int
    classifier: float
    runs: int
    wakeline: float
    wakeline_width: float
    simple: float
    simple_width: float
    wald: float
    wald_width: float


def coverages(runs: int, seed: int) -> Iterator[Coverage]:
    """Each case over several frames, drawn again and again."""
    for place, (harm, reviewed, knows) in enumerate(CASES):
        rng = np.random.default_rng(seed + place)
        held: list[Sequence[tuple[bool, float]]] = []
        for _ in range(FRAMES):
            frame = _Frame(harm, reviewed, knows, rng)
            held.extend(frame.once(rng) for _ in range(runs // FRAMES))
        table = np.array(held, float)
        covered, width = table[:, :, 0].mean(axis=0), table[:, :, 1].mean(axis=0)
        yield Coverage(
            harm, reviewed, knows, len(held),
            *(float(x) for pair in zip(covered, width, strict=True) for x in pair),
        )  # fmt: skip


class _Frame:
    """One week of cases, their true harm, and the chances that the product gives them."""

    def __init__(self, harm: float, reviewed: int, knows: float, rng: np.random.Generator) -> None:
        # Chances of harm spread like those of real cases: most small, few great.
        risk = rng.beta(0.5, 0.5 / harm - 0.5, FRAME)
        self.harmed = (rng.random(FRAME) < risk).astype(float)
        self.m = knows * risk + (1 - knows) * rng.permutation(risk)
        cases = [FrameCase(str(n), "a", "b", 1.0, float(m)) for n, m in enumerate(self.m)]
        self.pi = np.array([pi for pi, _ in chances(cases, reviewed, UNIFORM_MIN)])
        self.reviewed = reviewed
        self.truth = float(self.harmed.mean())

    def once(self, rng: np.random.Generator) -> list[tuple[bool, float]]:
        """(held the truth, width) of ours, of Clopper-Pearson, of a corrected sum by Wald."""
        drawn = rng.random(FRAME) < self.pi
        y, w = self.harmed[drawn], 1 / self.pi[drawn]
        ours = weighted_rate(y.tolist(), w.tolist(), FRAME, LEVEL)
        simple = self.harmed[rng.choice(FRAME, self.reviewed, replace=False)].sum()
        corrected = self._corrected(y, w, self.m[drawn])
        return [self._held(one) for one in (ours, _exact(simple, self.reviewed), corrected)]

    def _held(self, one: Interval) -> tuple[bool, float]:
        return one.low <= self.truth <= one.high, one.high - one.low

    def _corrected(self, y: Floats, w: Floats, m: Floats) -> Interval:
        estimate = (self.m.sum() + (w * (y - m)).sum()) / FRAME
        half = norm.ppf((1 + LEVEL) / 2) * np.sqrt((w * (w - 1) * (y - m) ** 2).sum()) / FRAME
        return Interval(estimate, estimate - half, estimate + half)


def _exact(harms: float, count: int) -> Interval:
    """Clopper and Pearson (1934)."""
    tail = (1 - LEVEL) / 2
    low = beta_law.ppf(tail, harms, count - harms + 1) if harms else 0.0
    high = beta_law.ppf(1 - tail, harms + 1, count - harms)
    return Interval(harms / count, float(low), float(high))
