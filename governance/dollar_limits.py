"""Up to which amount may an agent act alone, if it may lose `tolerated` dollars a case on average?

The loss of a case is its amount where it was harm, else nothing. Limits are tested from small to
large, the first that fails ends it, each in the region in which it would be used: confidence at
or above the threshold that was chosen before, amount at or below the limit. Threshold and limit
have half of delta each.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from domain.tuning import Label
from governance.evidence import FRACTIONS, NOTHING, log_gains, log_mean_exp

# No step is more than 1.5 times the one before, so each can be taken.
LIMITS = (
    *(50, 75, 100, 150, 200, 300, 400, 500, 750),
    *(1000, 1500, 2000, 3000, 4000, 5000, 7500, 10_000),
)
STEP_MAX = 1.5
BAND_LABELS_MIN = 10
DELTA = 0.05


@dataclass(frozen=True, slots=True)
class DollarEvidence:
    """Evidence that the mean loss under each limit is below `tolerated` dollars a case.

    limits: ascending, in dollars; labels: cases at or below each limit; sup: in logarithms.
    """

    confidence: float
    tolerated: float
    limits: tuple[float, ...]
    log_bets: tuple[tuple[float, ...], ...]
    labels: tuple[int, ...]
    sup: tuple[float, ...]
    weeks: int = 0

    @classmethod
    def begun(cls, confidence: float, tolerated: float, limits: Sequence[float] = LIMITS) -> Self:
        """No evidence yet; a limit up to `tolerated` needs none, for no case can lose more."""
        size = len(limits)
        sup = tuple(math.inf if limit <= tolerated else NOTHING for limit in limits)
        bets = ((NOTHING,) * len(FRACTIONS),) * size
        return cls(confidence, tolerated, tuple(limits), bets, (0,) * size, sup)

    def added(self, labels: Iterable[Label], pi_min: float) -> Self:
        """With one more week, in which no case had a chance below `pi_min`."""
        losses = [
            (label.amount, label.pi, label.amount if label.harm else 0.0)
            for label in labels
            if label.pi is not None and label.confidence >= self.confidence
        ]
        bets, sup, counts = [], [], []
        for place, limit in enumerate(self.limits):
            inside = [(pi, loss) for amount, pi, loss in losses if amount <= limit]
            bets.append(self._bets(place, inside, pi_min))
            sup.append(max(self.sup[place], log_mean_exp(bets[-1])))
            counts.append(self.labels[place] + len(inside))
        return replace(
            self,
            log_bets=tuple(bets),
            labels=tuple(counts),
            sup=tuple(sup),
            weeks=self.weeks + 1,
        )

    def certified(self, delta: float = DELTA) -> tuple[float, ...]:
        """The limits that may be published, ascending.

        >>> DollarEvidence.begun(0.8, 100.0).certified()
        (50, 75, 100)
        """
        enough = math.log(1 / delta)
        held: list[float] = []
        for limit, log_e in zip(self.limits, self.sup, strict=True):
            if log_e < enough:
                break
            held.append(limit)
        return tuple(held)

    def next_limit(self, current: float, delta: float = DELTA) -> float | None:
        """The greatest certified limit within 1.5 times the current; None where none is greater.

        From one to the next there must be ten labels of amounts between them, which only cases that
        people decided can give.
        """
        best = None
        for limit in self.certified(delta):
            reachable = limit <= STEP_MAX * current or current < self.limits[0] == limit
            if limit > current and reachable and self._known_between(current, limit):
                best = limit
        return best

    def _bets(
        self, place: int, inside: Sequence[tuple[float, float]], pi_min: float
    ) -> tuple[float, ...]:
        limit, before = self.limits[place], self.log_bets[place]
        if limit <= self.tolerated:
            return before
        gains = log_gains(inside, self.tolerated, limit, pi_min)
        return tuple(map(float.__add__, before, gains))

    def _known_between(self, current: float, limit: float) -> bool:
        below = max((n for at, n in self._counts() if at <= current), default=0)
        upto = max(n for at, n in self._counts() if at <= limit)
        return upto - below >= BAND_LABELS_MIN

    def _counts(self) -> list[tuple[float, int]]:
        return list(zip(self.limits, self.labels, strict=True))
