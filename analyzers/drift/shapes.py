"""Level and shape of histograms beside their baselines, as `channels.smooth_channels` has them.

Many at once, for there are thousands a night. Sums are taken bin by bin, in order, so that they are
the same bit for bit on every machine and whichever other histograms there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from analyzers.drift.arrays import Counts, Floats

UPPER, LOWER = 0.95, 0.05
AT_ONCE = 2048  # what bounds memory


@dataclass(frozen=True, slots=True)
class Histogram:
    """Of one window. counted: how often each bin was, by its number. baseline: how often in all
    windows of the baseline, from bin `first` on; what is beyond it counts as its outermost bin."""

    counted: Mapping[str, float]
    first: int
    baseline: Sequence[int]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a histogram is like. mean: number of its bins. moments: location, spread and skew by
    Legendre's polynomials of middle ranks in the baseline (Neyman 1937). size: how many were
    counted; upper, lower: of these, beyond 95 % and below 5 % of the baseline."""

    size: float
    mean: float
    moments: Sequence[float]
    upper: float
    lower: float


def shapes(histograms: Sequence[Histogram]) -> list[Shape]:
    """One each; none of them is empty."""
    starts = range(0, len(histograms), AT_ONCE)
    parts = [_shapes(histograms[start : start + AT_ONCE]) for start in starts]
    return [one for part in parts for one in part]


def _shapes(histograms: Sequence[Histogram]) -> list[Shape]:
    which = np.repeat(np.arange(len(histograms)), [len(one.counted) for one in histograms])
    numbers = np.array([int(name) for one in histograms for name in one.counted])
    counts = np.array([n for one in histograms for n in one.counted.values()], np.float64)
    order = np.lexsort((numbers, which))
    numbers, counts = numbers[order], counts[order]
    firsts = np.array([one.first for one in histograms])
    lasts = np.array([len(one.baseline) - 1 for one in histograms])
    places = np.clip(numbers - firsts[which], 0, lasts[which])
    weights = [numbers, *_meaning(histograms)[:, which, places]]
    # Unlike `sum` of numpy, it adds one after the other.
    size = np.bincount(which, counts)
    total = np.array([np.bincount(which, counts * weight) for weight in weights])
    total[0] /= size
    total[1:4] /= np.maximum(size, 1.0)
    columns = zip(size.tolist(), total.T.tolist(), strict=True)
    return [
        Shape(of, mean, moments, upper, lower) for of, (mean, *moments, upper, lower) in columns
    ]


def _meaning(histograms: Sequence[Histogram]) -> Floats:
    """(5, histograms, bins): what a bin stands for: three polynomials, and in which tail it is."""
    baselines = np.zeros((len(histograms), max(len(one.baseline) for one in histograms)), np.int64)
    for row, one in zip(baselines, histograms, strict=True):
        row[: len(one.baseline)] = one.baseline
    rank = _middle_ranks(baselines)
    z = 2.0 * rank - 1.0
    # Powers of numpy differ in their last bit from one processor to another.
    cube = np.array([value**3 for value in z.ravel().tolist()]).reshape(z.shape)
    second = sqrt(5.0) * (3.0 * z * z - 1.0) / 2.0
    third = sqrt(7.0) * (5.0 * cube - 3.0 * z) / 2.0
    return np.array([sqrt(3.0) * z, second, third, rank > UPPER, rank < LOWER])


def _middle_ranks(baselines: Counts) -> Floats:
    share = baselines / baselines.sum(axis=1)[:, None]
    upto = np.cumsum(share, axis=1)
    below = np.zeros_like(share)
    below[:, 1:] = upto[:, :-1]
    found: Floats = below + share / 2.0
    return found
