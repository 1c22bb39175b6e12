"""From the counts of a window to numbers whose noise depends little on how many were counted."""

from dataclasses import dataclass

import numpy as np

from analyzers.drift.arrays import Counts, Floats, Places

COUNT_MIN = 5.0  # expected in a window, and of all else; with less, one event would be an extreme
COLUMNS_MAX = 20


def share(count: Floats | Counts, of: Floats | Counts) -> Floats:
    """2 arcsin sqrt of the share, with sd 1/sqrt(`of`) from counting alone (Anscombe 1948)."""
    found: Floats = 2.0 * np.arcsin(np.sqrt((count + 0.375) / (of + 0.75)))
    return found


def share_of(channel: Floats) -> Floats:
    """Back from `share` to 0..1."""
    found: Floats = np.sin(np.clip(channel, 0.0, np.pi) / 2.0) ** 2
    return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a table of counts are channels of their own; the rest is one, if any.

    kept: numbers of columns, the most frequent first. other: whether the rest is frequent enough.
    """

    kept: Places
    other: bool

    def shares(self, counts: Counts, of: Counts | None = None) -> Floats:
        """(windows, channels): the share of each kept column, then of the rest.

        of: what they are shares of, one a window; without: the sum of all columns.
        """
        total = counts.sum(axis=1) if of is None else of
        held = counts[:, self.kept]
        if self.other:
            rest = counts.sum(axis=1) - held.sum(axis=1)
            held = np.column_stack([held, rest])
        return share(held, total[:, None])


def columns(
    baseline: Counts, count_min: float = COUNT_MIN, columns_max: int = COLUMNS_MAX
) -> Columns:
    """Chosen by a baseline (windows, columns), and by it alone.

    A column that is nearly everything is left out: its share tells of the few others.

    >>> columns(np.array([[90, 9, 4, 2], [80, 9, 4, 2]]))
    Columns(kept=array([0, 1]), other=True)
    """
    mean = baseline.mean(axis=0)
    total = float(mean.sum())
    frequent = (mean >= count_min) & (total - mean >= count_min)
    order = np.argsort(-mean, kind="stable")
    kept = order[frequent[order]][:columns_max]
    rest = total - float(mean[kept].sum())
    return Columns(kept, len(kept) < len(mean) and min(rest, total - rest) >= count_min)


def smooth_channels(counts: Counts, baseline: Counts) -> Floats:
    """(windows, 5) of histograms on fixed bins: location, spread, skew, upper and lower tail.

    counts: (windows, bins). baseline: (bins,), pooled. Each bin stands for the middle of its ranks
    in the baseline, so ties do no harm; then the means of Legendre's polynomials of these ranks
    (Neyman's smooth test, 1937), and the shares beyond 95 % and below 5 %.
    """
    share_of_bin = baseline / baseline.sum()
    rank = np.cumsum(share_of_bin) - share_of_bin / 2.0
    z = 2.0 * rank - 1.0
    legendre = np.column_stack([
        np.sqrt(3.0) * z,
        np.sqrt(5.0) * (3.0 * z**2 - 1.0) / 2.0,
        np.sqrt(7.0) * (5.0 * z**3 - 3.0 * z) / 2.0,
    ])  # fmt: skip
    size = counts.sum(axis=1)
    means = (counts @ legendre) / np.maximum(size, 1)[:, None]
    tails = [counts[:, rank > 0.95].sum(axis=1), counts[:, rank < 0.05].sum(axis=1)]
    return np.column_stack([means, *(share(tail, size) for tail in tails)])


def mean_values(counts: Counts, values: Floats) -> Floats:
    """The mean of each window, from the value that each bin stands for; NaN without any."""
    size = counts.sum(axis=1)
    found: Floats = np.where(size > 0, (counts @ values) / np.maximum(size, 1), np.nan)
    return found
