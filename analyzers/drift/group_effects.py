"""How much do two groups of runs differ in one channel, in its natural unit?"""

from math import inf, sqrt

import numpy as np
from scipy.special import stdtrit

from analyzers.drift.arrays import Floats
from analyzers.drift.effects import is_beyond, practical_limit
from domain.drift import ChannelKind, Effect

TINY = 1e-12
LOG2_MAX = 1000.0  # doubles end at 1023


def between(kind: ChannelKind, old: Floats, new: Floats, miss: float) -> tuple[Effect, bool]:
    """The difference of the means (newer less older), and whether they are equivalent.

    old, new: one number a run, NaN where not recorded; of a RATIO its logarithm to base 2, so that
    geometric means are compared. The interval has the difference with probability 1 - `miss`: that
    of Welch (1947), who asks for no equal variances. Equivalent: all of it counts as no change.
    """
    old, new = old[np.isfinite(old)], new[np.isfinite(new)]
    before, after = _mean(old), _mean(new)
    shift, reach = after - before, _reach(old, new, miss)
    sds = shift / max(sqrt((_variance(old) + _variance(new)) / 2.0), TINY)
    low, high = shift - reach, shift + reach
    if kind in (ChannelKind.SHARE, ChannelKind.RARE_SHARE):
        low, high = max(low, -before), min(high, 1.0 - before)
    if kind is ChannelKind.RATIO:
        before, after, shift, low, high = (_power(one) for one in (before, after, shift, low, high))
    limit = practical_limit(kind, before)
    said = Effect(
        kind, before, after, shift, low, high, sds, is_beyond(kind, low, high, limit)
    )  # fmt: skip
    least = 1.0 / limit if kind is ChannelKind.RATIO else -limit
    return said, bool(least < low and high < limit)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0


def _variance(values: Floats) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _power(exponent: float) -> float:
    return float(2.0 ** min(max(exponent, -LOG2_MAX), LOG2_MAX))


def _reach(old: Floats, new: Floats, miss: float) -> float:
    """Half of the interval; infinite with fewer than two runs in a group."""
    if min(len(old), len(new)) < 2:
        return inf
    parts = [_variance(group) / len(group) for group in (old, new)]
    square = sum(parts)
    if square <= 0.0:
        return 0.0
    freedom = square**2 / sum(
        part**2 / (len(group) - 1) for part, group in zip(parts, (old, new), strict=True)
    )
    return float(stdtrit(freedom, 1.0 - miss / 2.0)) * sqrt(square)
