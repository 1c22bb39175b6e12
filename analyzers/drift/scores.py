"""Ranks of windows as standard normal scores, whatever the windows are distributed like.

Sequential normal scores (Conover, Tercero-Gomez and Cordero-Franco 2017): if windows are
exchangeable, the smoothed rank of each among those before it is uniform and independent.
"""

import numpy as np
from scipy.special import ndtri

from analyzers.drift.arrays import Flags, Floats, Singles
from analyzers.drift.settings import Settings

CHANCE_MIN = 1e-15


def normal_scores(new: Singles, past: Singles, uniform: Floats, settings: Settings) -> Floats:
    """The score of each new residual among the past ones of its row (NaN: none).

    Equal ones are put in a random order. Beyond the farthest one seen the chance is made smaller
    by how much farther it is, to the power `tail_power`: exact if tails fall at least that fast.
    """
    below = np.count_nonzero(past < new[:, None], axis=1)
    equal = np.count_nonzero(past == new[:, None], axis=1)
    ranked = np.count_nonzero(np.isfinite(past), axis=1) + 1.0
    drawn = uniform if settings.break_ties else np.ones_like(uniform)
    rank = (below + drawn * (equal + 1)) / ranked
    score = ndtri(np.clip(rank, CHANCE_MIN, 1 - 1e-12))
    if settings.tail_power:
        chance = uniform / ranked
        _beyond(score, below == ranked - 1, (new, past, chance), settings.tail_power)
        lowest = (below == 0) & (equal == 0)
        _beyond(score, lowest, (-new, -past, chance), settings.tail_power, sign=-1.0)
    found: Floats = np.clip(score, -settings.score_max, settings.score_max)
    return found


def _beyond(
    score: Floats,
    which: Flags,
    seen: tuple[Singles, Singles, Floats],
    power: float,
    sign: float = 1.0,
) -> None:
    """Puts in the scores of those that are higher than all before them."""
    rows = np.flatnonzero(which)
    if not len(rows):
        return
    new, past, chance = seen[0][rows], seen[1][rows], seen[2][rows]
    middle = medians(past)
    reach = np.nanmax(past, axis=1).astype(np.float64) - middle
    farther = np.maximum((new - middle) / np.maximum(reach, 1e-12), 1.0)
    score[rows] = -sign * ndtri(np.clip(chance * farther**-power, CHANCE_MIN, 0.5))


def medians(rows: Singles) -> Floats:
    """Of what each row holds besides NaN; quicker than nanmedian, for NaN are sorted last."""
    ordered = np.sort(rows, axis=1)
    last = np.count_nonzero(np.isfinite(ordered), axis=1) - 1
    each = np.arange(len(rows))
    low, high = ordered[each, last // 2], ordered[each, (last + 1) // 2]
    found: Floats = (low.astype(np.float64) + high) / 2.0
    return found
