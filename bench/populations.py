"""Agents whose true harm is known: which thresholds are safe, and what would an oracle allow?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from governance.evidence import GRID

Floats = NDArray[np.float64]
ALPHA = 0.02
# Confidence is Beta(7, 2): 96.5 % of cases have 0.5 or more. Bins are those between thresholds.
EDGES = np.r_[sorted(GRID), 1.0]
SHARES = np.r_[beta.cdf(0.5, 7, 2), np.diff(beta.cdf(EDGES, 7, 2))]
CENTRES = np.r_[0.4, (EDGES[:-1] + EDGES[1:]) / 2]


@dataclass(frozen=True, slots=True)
class Population:
    """Harm of each bin, from low to high confidence; the first bin lies below all thresholds."""

    name: str
    harm: Floats

    def risks(self) -> Floats:
        """True share of harm at or above each threshold of GRID, strict to loose."""
        weights = np.cumsum(SHARES[:0:-1])
        found: Floats = np.cumsum((SHARES * self.harm)[:0:-1]) / weights
        return found

    def oracle(self) -> float:
        """Autonomy at the loosest threshold that is safe; 0 where none is."""
        safe = np.flatnonzero(self.risks() <= ALPHA)
        return float(reach()[safe[-1]]) if len(safe) else 0.0


def reach() -> Floats:
    """Share of all cases at or above each threshold, strict to loose."""
    found: Floats = np.cumsum(SHARES[:0:-1])
    return found


def populations() -> tuple[Population, ...]:
    """Flat just above alpha; good above 0.8 only; sure of itself at 0.93 and wrong; safe, with
    three quarters of alpha at the loosest threshold.
    """
    falling = 0.75 * ALPHA / Population("", 1 - CENTRES).risks()[-1]
    laws: dict[str, Callable[[Floats], Floats]] = {
        "flat": lambda c: np.full_like(c, 1.05 * ALPHA),
        "edge": lambda c: np.where(c < 0.8, 0.045, 0.004),
        "bump": lambda c: 0.012 + 0.05 * np.exp(-(((c - 0.93) / 0.02) ** 2) / 2),
        "monotone": lambda c: falling * (1 - c),
    }
    return tuple(Population(name, law(CENTRES)) for name, law in laws.items())


def weekly_counts(
    population: Population, labels: int, shape: tuple[int, int], seed: int
) -> tuple[Floats, Floats]:
    """(harms, labels) so far at or above each threshold: (runs, weeks, thresholds)."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(labels, SHARES, size=shape)
    harms = rng.binomial(drawn, population.harm)
    return _so_far(harms), _so_far(drawn)


def _so_far(of_bins: NDArray[np.int64]) -> Floats:
    found: Floats = np.cumsum(np.cumsum(of_bins[..., :0:-1], axis=2), axis=1).astype(float)
    return found
