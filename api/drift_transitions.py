"""Which step follows which, before and after: transitions, the largest change first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log

from api.drift_words import STEPS
from domain.drift_reading import Bin

ARROW = " -> "


@dataclass(frozen=True, slots=True)
class Transition:
    """before, after: p(second given first), 0 to 1; part: of all change, the sum over all is 1."""

    first: str
    second: str
    before: float
    after: float
    reference: int
    current: int
    part: float

    @property
    def points(self) -> float:
        """By how many percentage points it moved."""
        return (self.after - self.before) * 100


def are_transitions(bins: Iterable[Bin]) -> bool:
    """Whether the names of a stream are steps that follow each other."""
    return any(ARROW in one.name for one in bins)


def compared(bins: Sequence[Bin], rows_max: int = 60) -> list[Transition]:
    """Each transition, by its part of the rate of Kullback and Leibler's divergence of both chains.

    As analyzers.drift.sequences.divergence: p1(a) p1(b|a) ln(p1(b|a) / p0(b|a)), with half a count
    added to each; what is shown is as it was counted.
    """
    rows: defaultdict[str, list[tuple[str, Bin]]] = defaultdict(list)
    for one in bins:
        first, arrow, second = one.name.partition(ARROW)
        if arrow:
            rows[first].append((second, one))
    whole = sum(one.current + 0.5 for own in rows.values() for _, one in own) or 1.0
    found = [each for first, own in rows.items() for each in _row(first, own, whole)]
    nats = sum(one.part for one in found)
    told = [replace(one, part=one.part / nats if nats > 0 else 0.0) for one in found]
    return sorted(told, key=lambda one: (-abs(one.part), one.first, one.second))[:rows_max]


def _row(first: str, own: Sequence[tuple[str, Bin]], whole: float) -> Iterator[Transition]:
    old, new = sum(one.reference for _, one in own), sum(one.current for _, one in own)
    smooth = 0.5 * len(own)
    for second, one in own:
        before = (one.reference + 0.5) / (old + smooth)
        after = (one.current + 0.5) / (new + smooth)
        yield Transition(
            STEPS.get(first, first), STEPS.get(second, second), one.reference / max(old, 1),
            one.current / max(new, 1), one.reference, one.current,
            (new + smooth) / whole * after * log(after / before),
        )  # fmt: skip
