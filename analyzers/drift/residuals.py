"""How far each window is from what is usual for its stratum, all windows treated alike.

The middle of a stratum is taken over all its windows, the new one among them, so no window can be
told by its residual from another of the same value: ranks of such residuals are fair even where
many windows are equal (full conformal prediction; Vovk, Gammerman and Shafer 2005). Residuals from
a running mean are not: whole numbers then alarm by themselves.
"""

import numpy as np

from analyzers.drift.arrays import Counts, Flags, Floats, Places, Singles, Small

TRIM = 0.25  # at either end; a quarter of odd days do not move what is usual


def middles(value: Singles, which: Flags) -> Floats:
    """The trimmed mean of what each row shows where `which`; NaN for a row with nothing there."""
    ordered = np.sort(np.where(which, value, np.float32(np.nan)), axis=1)
    size = np.count_nonzero(np.isfinite(ordered), axis=1)
    ordered[~np.isfinite(ordered)] = 0.0
    sums = np.zeros((len(value), value.shape[1] + 1))
    np.cumsum(ordered, axis=1, dtype=np.float64, out=sums[:, 1:])
    rows, cut = np.arange(len(value)), (size * TRIM).astype(np.intp)
    total = sums[rows, size - cut] - sums[rows, cut]
    mean = np.divide(total, size - 2 * cut, out=np.full(len(value), np.nan), where=size > 0)
    exact: Floats = mean.astype(np.float32).astype(np.float64)  # equal values: exactly theirs
    return exact


def widening(count: Counts) -> Floats:
    """What makes up for a window being part of its own middle; NaN for one that is all of it."""
    nothing = np.full(count.shape, np.nan)
    found: Floats = np.sqrt(np.divide(count, count - 1, out=nothing, where=count > 1))
    return found


def residuals(value: Singles, stratum: Small, middle: Floats, count: Counts) -> Singles:
    """(rows, windows), NaN where there is no window or none to compare it with.

    middle, count: (rows, strata).
    """
    place: Places = stratum + (np.arange(len(value)) * middle.shape[1])[:, None]
    apart = value - middle.reshape(-1).take(place)
    apart *= widening(count).reshape(-1).take(place)
    return apart.astype(np.float32)
