"""Which thresholds may be published, if unsafe ones may be published at all with a chance of delta?

From each start, thresholds are tested in a fixed order from strict to loose, and the first that
fails ends it (fixed sequence; Learn then test: Angelopoulos et al. 2021). The starts share delta
by weights that are set before any label. Risk need not fall with confidence: each threshold is
tested as it would be used.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.errors import InvalidInput
from governance.evidence import Evidence

STARTS: Mapping[float, float] = {0.9: 0.1, 0.8: 0.5, 0.7: 0.2, 0.6: 0.2}
DELTA = 0.1
WEEKS_MIN = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """A threshold whose risk is at most alpha; start and weight say by which sequence."""

    threshold: float
    start: float
    weight: float
    log_e: float
    labels: int
    harms: int


def labels_needed(alpha: float, delta: float, weight: float = 1.0) -> int:
    """Labels without any harm that even a single look would take.

    >>> [labels_needed(alpha, 0.1) for alpha in (0.05, 0.02, 0.01, 0.005)]
    [45, 114, 230, 460]
    """
    return math.ceil(math.log(1 / (delta * weight)) / -math.log1p(-alpha))


def certificates(
    evidence: Evidence,
    alpha: float,
    delta: float = DELTA,
    starts: Mapping[float, float] = STARTS,
    weeks_min: int = WEEKS_MIN,
) -> tuple[Certificate, ...]:
    """All thresholds that are certified, strict to loose; each once, by its weightiest start."""
    if sum(starts.values()) > 1 + 1e-9 or min(starts.values()) <= 0:
        raise InvalidInput("starts: weights above 0 that are 1 or less together")
    if evidence.weeks < weeks_min:
        return ()
    found: dict[int, Certificate] = {}
    for first, weight in _placed(evidence.grid, starts).items():
        enough = math.log(1 / (delta * weight))
        least = labels_needed(alpha, delta, weight)
        place = first
        while place < len(evidence.grid) and _holds(evidence, place, enough, least):
            known = found.get(place)
            if known is None or known.weight < weight:
                found[place] = _certificate(evidence, place, first, weight)
            place += 1
    return tuple(found[place] for place in sorted(found))


def evenly(grid: Sequence[float]) -> Mapping[float, float]:
    """Starts for a grid of any spacing: the four usual weights at its fifths.

    >>> evenly([0.9, 0.8, 0.7, 0.6, 0.5])
    {0.9: 0.1, 0.8: 0.5, 0.7: 0.2, 0.6: 0.2}
    """
    starts: dict[float, float] = {}
    for number, weight in enumerate(STARTS.values()):
        at = grid[number * len(grid) // (len(STARTS) + 1)]
        starts[at] = starts.get(at, 0.0) + weight
    return starts


def _placed(grid: Sequence[float], starts: Mapping[float, float]) -> dict[int, float]:
    """Starts by the place of the nearest threshold; those that fall on one place add up."""
    placed: dict[int, float] = {}
    for start, weight in starts.items():
        place = min(range(len(grid)), key=lambda index: abs(grid[index] - start))
        placed[place] = placed.get(place, 0.0) + weight
    return placed


def _holds(evidence: Evidence, place: int, enough: float, least: int) -> bool:
    return evidence.sup[place] >= enough and evidence.labels[place] >= least


def _certificate(evidence: Evidence, place: int, first: int, weight: float) -> Certificate:
    return Certificate(
        threshold=evidence.grid[place],
        start=evidence.grid[first],
        weight=weight,
        log_e=evidence.sup[place],
        labels=evidence.labels[place],
        harms=evidence.harms[place],
    )
