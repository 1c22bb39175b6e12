"""Two versions side by side: do they differ, or are they equivalent? Valid on any day one looks.

Days are paired, so whatever moves both (a weekday, a campaign) cancels. Each e-process has mean 1
or less while its claim is wrong, so it reaches 20 with probability 0.05 at most, ever (Ville 1939).
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import stdtr

from analyzers.drift.arrays import Floats
from analyzers.drift.evidence import EXPONENT_MAX
from domain.errors import InvalidInput

SHIFT_SDS = (0.5, 1.0, 2.0)
MISS = 0.05


class Verdict(StrEnum):
    """What can be said of two versions."""

    DIFFERENT = "different"
    EQUIVALENT = "equivalent"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Comparison:
    """evidence: that they differ; that the difference is below, and above, what is allowed."""

    verdict: Verdict
    differ: float
    below: float
    above: float
    difference: float
    windows: int


def differ(differences: Floats) -> Floats:
    """(windows, ...): the evidence after each window that the mean difference is not 0.

    differences: (windows, ...) of the newer less the older version. Bayes factors of Student's t
    (Rouder et al. 2009; safe at any time: Perez-Ortiz et al. 2024). The first window says nothing.
    """
    return _evidence(differences, 0)


def beyond(differences: Floats, bound: float, side: int) -> Floats:
    """The evidence after each window that the mean is above `bound` (side 1) or below it (-1)."""
    return _evidence(differences - bound, side)


def compare(newer: Floats, older: Floats, allowed: float, miss: float = MISS) -> Comparison:
    """Two versions by one channel, window by window; equivalent: within `allowed` of each other.

    newer, older: (windows,) on the same windows. A version may be different and equivalent at once,
    when a tiny difference is certain: it is equivalent then. Raises InvalidInput.

    >>> noise = np.array([0.1, -0.1] * 15)
    >>> compare(1.0 + noise, np.ones(30), allowed=0.5).verdict.value
    'equivalent'
    """
    if newer.shape != older.shape or allowed <= 0:
        raise InvalidInput(
            f"{newer.shape} windows against {older.shape}, allowed {allowed}: give the same windows"
            " of both versions and a positive difference that is allowed"
        )
    differences = newer - older
    different = _best(differ(differences))
    below, above = _best(beyond(differences, allowed, -1)), _best(beyond(differences, -allowed, 1))
    verdict = _verdict(different, below, above, 1.0 / miss)
    mean = float(np.mean(differences)) if len(differences) else 0.0
    return Comparison(verdict, different, below, above, mean, len(differences))


def _verdict(different: float, below: float, above: float, enough: float) -> Verdict:
    if min(below, above) >= enough:
        return Verdict.EQUIVALENT
    return Verdict.DIFFERENT if different >= enough else Verdict.UNDECIDED


def _best(evidence: Floats) -> float:
    """What was reached stays reached."""
    return float(np.max(evidence, initial=1.0))


def _evidence(differences: Floats, side: int) -> Floats:
    found = np.ones_like(differences)
    total = np.zeros(differences.shape[1:])
    squares = np.zeros(differences.shape[1:])
    for place, difference in enumerate(differences):
        n = place + 1
        squares += (difference - total / max(place, 1)) ** 2 * (place / n)
        total += difference
        if place:
            found[place] = _factor(n, total, squares, side)
    return found


def _factor(n: int, total: Floats, squares: Floats, side: int) -> Floats:
    """squares: of the distances to the mean, summed up."""
    nu = n - 1
    square = total * total / n / np.maximum(squares / nu, np.finfo(np.float64).tiny)
    t = np.sign(total) * np.sqrt(square)
    ratio = np.zeros_like(total)
    for sd in SHIFT_SDS:
        spread = 1.0 + n * sd * sd
        log = np.log1p(square / nu) - np.log1p(square / (nu * spread))
        term = np.exp(np.minimum(0.5 * (nu + 1) * log, EXPONENT_MAX)) / np.sqrt(spread)
        if side:  # twice the share of the posterior on that side: Student's t with n degrees
            place = n * sd * t / np.sqrt(spread * nu + square)
            term *= 2.0 * stdtr(float(n), side * place)
        ratio += term
    return ratio / len(SHIFT_SDS)
