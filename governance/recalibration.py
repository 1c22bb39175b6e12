"""Where in the scale of confidence does harm really change, judged by labels of earlier weeks?

Agents are sure of themselves in ways that say little, and a stretch of confidence may be worse
than what lies below it. Isotonic regression pools such stretches (Barlow et al. 1972; Zadrozny,
Elkan 2002). The thresholds that are worth testing are the lower edges of the pools, so a
threshold stays a plain confidence and agents need no table. The labels must be older than the
evidence; a new calibration is a new question, and evidence begins again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import InvalidInput
from domain.tuning import Label
from governance.evidence import GRID


@dataclass(frozen=True, slots=True)
class Calibration:
    """Pools from low to high confidence: `edges` their lower ends, `risks` their share of harm."""

    edges: tuple[float, ...]
    risks: tuple[float, ...]
    labels: int

    def risk(self, confidence: float) -> float:
        """Share of harm among older cases of such confidence; below all edges that of the first."""
        return self.risks[max(0, bisect_right(self.edges, confidence) - 1)]

    def grid(self, whole: Sequence[float] = GRID) -> tuple[float, ...]:
        """The thresholds of `whole` (strict to loose) at which a pool begins, and the loosest."""
        kept = {at for edge in self.edges for at in [_at_or_above(edge, whole)] if at is not None}
        return tuple(at for at in whole if at in kept or at == whole[-1])


def calibrated(labels: Iterable[Label]) -> Calibration:
    """Harm as a step function that never rises with confidence, by least squares.

    Labels weigh 1 / pi; those without a chance are left out. Harmless top stretches are one pool.

    >>> fine = [Label(0.95, False, 1.0)] * 9 + [Label(0.6, False, 1.0)] * 3
    >>> calibrated([*fine, Label(0.95, True, 1.0), Label(0.6, True, 1.0)]).risks
    (0.25, 0.1)
    """
    import numpy as np
    from scipy.optimize import isotonic_regression

    drawn = sorted(
        (label.confidence, float(label.harm), 1 / label.pi) for label in labels if label.pi
    )
    if not drawn:
        raise InvalidInput("a calibration needs labels that were drawn")
    confidence, harm, weight = np.asarray(drawn).T
    places, first = np.unique(confidence, return_index=True)
    weights = np.add.reduceat(weight, first)
    means = np.add.reduceat(weight * harm, first) / weights
    steps = isotonic_regression(means, weights=weights, increasing=False).x
    begins = np.flatnonzero(np.r_[True, np.diff(steps) < 0])
    risks = np.clip(steps[begins], 0.0, 1.0).round(12)
    return Calibration(tuple(places[begins].tolist()), tuple(risks.tolist()), len(drawn))


def _at_or_above(edge: float, whole: Sequence[float]) -> float | None:
    return min((at for at in whole if at >= edge), default=None)
