"""How large is a shift, in its natural unit, and is it large enough to wake somebody?

The interval is a confidence sequence: it contains the shift with its level however often one looks
and whenever one stops, so also at an alarm, where Student's interval is right in 84 to 89 % only.
"""

from math import exp, inf, log, log2, sqrt

import numpy as np

from analyzers.drift.arrays import Counts, Floats, Places
from analyzers.drift.change_point import Steps, steps
from analyzers.drift.channels import share_of
from domain.drift import Change, ChannelKind, Effect

MISS = 0.1
SHIFT_SD = 1.0

# What counts as no change, in the natural unit of each kind; of ratios as after / before.
PRACTICAL: dict[ChannelKind, float] = {
    ChannelKind.SHARE: 0.02,
    ChannelKind.RARE_SHARE: 0.005,
    ChannelKind.RATIO: 1.10,
    ChannelKind.MEAN: 0.02,
    ChannelKind.SHAPE: 0.5,
}
SMALL_SHARE = 0.05
SMALL_SHARE_PART = 0.2


def t_limit(weight: float, freedom: int, miss: float = MISS) -> float:
    """How far Student's t may be off at any time, with probability 1 - `miss`; inf: anything.

    Where the e-process of a shift of N(0, sd^2) stays below 1 / miss (Lindon et al. 2022).
    """
    spread = 1.0 + weight * SHIFT_SD**2
    bound = exp(2.0 / (freedom + 1) * (log(1.0 / miss) + 0.5 * log(spread)))
    if bound >= spread:
        return inf
    return sqrt(freedom * (bound - 1.0) / (1.0 - bound / spread))


def interval(
    x: Floats, strata: Places, first_changed: Places, miss: float = MISS, rho: float = 0.0
) -> tuple[Floats, Floats, Floats]:
    """Low, high and sd between windows of the shift of one channel, for each first changed window.

    x: (windows,); first_changed: places in it. rho: correlation of neighbouring windows.
    """
    return _interval(steps(x[:, None], strata, rho=rho), first_changed, miss, rho)


def _interval(
    fits: Steps, first_changed: Places, miss: float, rho: float
) -> tuple[Floats, Floats, Floats]:
    at = first_changed - 1
    weight, shift = fits.weight[at], fits.shift[at, 0]
    sd = np.sqrt(fits.rss[at, 0] / fits.freedom)
    limits = np.array([t_limit(float(one), fits.freedom, miss) for one in weight])
    reach = limits * sd / np.sqrt(np.maximum(weight, 1e-9))
    return shift - reach, shift + reach, sd / sqrt(1.0 - rho * rho)


def effect(
    kind: ChannelKind,
    x: Floats,
    strata: Places,
    change: Change,
    epsilon: float | None = None,
    rho: float = 0.0,
) -> Effect:
    """Of one channel, the interval taken over every window that may have been the first changed.

    x: (windows,), numbered so that 0 is the first; of a RATIO the logarithm to base 2.
    epsilon: what counts as no change, if not the default of its kind. rho: as in `interval`.
    """
    places = np.array(change.windows, np.intp)
    fits = steps(x[:, None], strata, rho=rho)
    lows, highs, sds = _interval(fits, places, MISS, rho)
    shift, sd = float(fits.shift[change.window - 1, 0]), float(sds[places == change.window][0])
    middle = _level_before(x, strata, change.window)
    low, high = float(np.min(lows)), float(np.max(highs))
    if kind is ChannelKind.SHAPE:
        scale = 1.0 / max(sd, 1e-12)
        told = (0.0, shift * scale, low * scale, high * scale)
    else:
        told = _natural(kind, middle, shift, (low, high))
    before, moved, least, most = told
    after = before * moved if kind is ChannelKind.RATIO else before + moved
    limit = practical_limit(kind, before) if epsilon is None else epsilon
    return Effect(
        kind, before, after, moved, least, most, shift / max(sd, 1e-12),
        is_beyond(kind, least, most, limit),
    )  # fmt: skip


def _level_before(x: Floats, strata: Places, first_changed: int) -> float:
    """The mean of the windows before, each stratum by how often it comes in all of them."""
    levels, sizes = [], []
    for stratum in np.unique(strata[:first_changed]).tolist():
        of_it = strata == stratum
        levels.append(float(np.mean(x[:first_changed][of_it[:first_changed]])))
        sizes.append(int(np.count_nonzero(of_it)))
    return float(np.average(levels, weights=sizes))


def _natural(
    kind: ChannelKind, level: float, shift: float, ends: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Before, shift, low, high."""
    points = np.array([level, level + shift, level + ends[0], level + ends[1]])
    if kind is ChannelKind.RATIO:
        with np.errstate(over="ignore"):
            before, *moved = (float(2.0**point) for point in (level, shift, *ends))
        return before, moved[0], moved[1], moved[2]
    if kind is not ChannelKind.MEAN:
        points = share_of(points)
    before, after, low, high = points.tolist()
    return before, after - before, low - before, high - before


def practical_limit(kind: ChannelKind, before: float) -> float:
    """What still counts as no change from there, in the natural unit of the kind."""
    if kind is ChannelKind.SHARE and before < SMALL_SHARE:
        return SMALL_SHARE_PART * before
    return PRACTICAL[kind]


def is_beyond(kind: ChannelKind, low: float, high: float, epsilon: float) -> bool:
    """Whether all of an interval in its natural unit is a change of practical size."""
    if kind is ChannelKind.RATIO:
        low, high = log2(max(low, 1e-300)), log2(max(high, 1e-300))
        epsilon = log2(epsilon)
    return low >= epsilon or high <= -epsilon


def quantile(counts: Counts, edges: Floats, level: float) -> float:
    """Of a histogram, evenly spread within each bin; edges: one more than bins. Display only.

    >>> quantile(np.array([10, 10]), np.array([0.0, 1.0, 2.0]), 0.75)
    1.5
    """
    reached = np.cumsum(counts)
    wanted = level * float(reached[-1])
    bin_ = int(np.searchsorted(reached, max(wanted, 1e-12)))
    inside = (wanted - (reached[bin_] - counts[bin_])) / max(int(counts[bin_]), 1)
    return float(edges[bin_] + inside * (edges[bin_ + 1] - edges[bin_]))


def js_distance(before: Counts, after: Counts) -> float:
    """Jensen and Shannon's, 0..1 (base 2, its root), as others show it; never tested.

    >>> js_distance(np.array([1, 0]), np.array([0, 1]))
    1.0
    """
    p, q = before / before.sum(), after / after.sum()
    middle = (p + q) / 2.0
    total = 0.0
    for part in (p, q):
        some = part > 0
        total += float(np.sum(part[some] * np.log2(part[some] / middle[some]))) / 2.0
    return sqrt(max(total, 0.0))


def wasserstein_sds(before: Counts, after: Counts, values: Floats) -> float:
    """The mean way from one histogram to the other, in standard deviations of the first."""
    p, q = before / before.sum(), after / after.sum()
    way = float(np.sum(np.abs(np.cumsum(p - q))[:-1] * np.diff(values)))
    mean = float(p @ values)
    return way / max(sqrt(float(p @ (values - mean) ** 2)), 1e-12)
