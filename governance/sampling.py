"""Which decisions of the closed week does a person look at, and with what chance was each drawn?

Each case is drawn or not by itself (Poisson sampling) because its keyed hash is below its chance,
so anybody who holds the key and the frame draws the same sample again. At least 60 % of a cell's
budget is spread evenly; the rest follows what a classifier, findings, drift and amounts point at.
Chances are fixed before any verdict, and a drawn case is never dropped.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.errors import InvalidInput
from domain.reviewing import Cell, CellFrame, Drawn, FrameCase
from governance.siphash import share

UNIFORM_MIN = 0.6
HARM_PROBABILITY_MIN = 0.005  # a classifier that is sure of no harm may be wrong
NEAR = 0.8  # of the limit: amounts from here to the limit are where a limit is decided
HALVINGS = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """How a week is drawn; stored beside the sample, the key apart from it.

    secret:       64-bit word of the key; whoever knows it knows who will be looked at.
    week:         ISO year x 100 + ISO week, such as 202604; the other word of the key.
    budget:       cases that the reviewers of the tenant have time for.
    uniform:      share of a cell's budget that is spread evenly, at least 0.6.
    minimum:      cases that each cell gets at least, while the budget lasts.
    classifier:   version of whatever said `harm_probability`; empty without one.
    """

    secret: int
    week: int
    budget: float
    uniform: float = UNIFORM_MIN
    minimum: float = 10.0
    classifier: str = ""

    def __post_init__(self) -> None:
        if not UNIFORM_MIN <= self.uniform <= 1:
            raise InvalidInput(f"uniform: from {UNIFORM_MIN} to 1, not {self.uniform}")
        if not (self.budget > 0 and math.isfinite(self.budget)):
            raise InvalidInput(f"budget: more than 0 cases, not {self.budget}")
        if not 0 <= self.secret < 1 << 64:
            raise InvalidInput("secret: a whole number of 64 bits")

    @property
    def key(self) -> tuple[int, int]:
        """What `sipHash64Keyed` takes."""
        return self.secret, self.week


def split(plan: Plan, cells: Sequence[CellFrame]) -> dict[Cell, float]:
    """Cases expected of each cell: like sqrt(count x impact), twice that where it is watched.

    The whole is one standard deviation of the random size, sqrt(budget), below the budget. Each
    cell gets the minimum, or its equal part where the budget is not enough for all minimums.

    >>> frames = [CellFrame("clerk", "refund", 900, 100.0), CellFrame("clerk", "answer", 2500, 1.0)]
    >>> {cell[1]: round(n, 1) for cell, n in split(Plan(1, 202604, 100), frames).items()}
    {'answer': 12.9, 'refund': 77.1}
    """
    target = max(plan.budget - math.sqrt(plan.budget), min(plan.budget, 1.0))
    counted = sorted((c for c in cells if c.count), key=lambda c: (c.agent, c.action))
    if sum(cell.count for cell in counted) <= target:
        return {(cell.agent, cell.action): float(cell.count) for cell in counted}
    floor = min(plan.minimum, target / len(counted))
    low, high = 0.0, target * max(1.0, 1 / min(map(_weight, counted)))
    for _ in range(HALVINGS):
        scale = (low + high) / 2
        if sum(_cases(cell, scale, floor) for cell in counted) < target:
            low = scale
        else:
            high = scale
    return {(cell.agent, cell.action): _cases(cell, low, floor) for cell in counted}


def chances(cases: Sequence[FrameCase], wanted: float, uniform: float) -> list[tuple[float, float]]:
    """(pi, pi_uniform) of each case of one cell, `wanted` cases being expected.

    pi = min(1, wanted x (uniform / N + (1 - uniform) q / sum q)), q = sqrt(m (1 - m)) impact boost
    with m the classifier's chance of harm: Neyman's allocation (1934) over an even floor, so that
    no weight is more than 1 / uniform times the average.

    >>> two = [FrameCase("a", "clerk", "refund"), FrameCase("b", "clerk", "refund", impact=3.0)]
    >>> [(round(pi, 2), round(even, 2)) for pi, even in chances(two, 1.0, 0.6)]
    [(0.4, 0.3), (0.6, 0.3)]
    """
    count = len(cases)
    if wanted >= count:
        return [(1.0, 1.0)] * count
    pulls = [_pull(case) for case in cases]
    whole = sum(pulls)
    even = wanted * uniform / count
    if whole <= 0:
        return [(wanted / count, even)] * count
    # What is left of a pull that is cut at 1 goes to nobody: the sample is only smaller than
    # planned.
    return [(min(1.0, even + wanted * (1 - uniform) * pull / whole), even) for pull in pulls]


def cells_of(frame: Iterable[FrameCase], watched: frozenset[Cell] = frozenset()) -> list[CellFrame]:
    """The cells of a frame, by agent and action."""
    impacts: dict[Cell, list[float]] = defaultdict(list)
    for case in frame:
        impacts[case.agent, case.action].append(case.impact)
    return [
        CellFrame(*cell, len(of), math.fsum(of) / len(of), cell in watched)
        for cell, of in sorted(impacts.items())
    ]


def boost(finding: bool = False, drifting: bool = False, limit_share: float = 0.0) -> float:
    """How much more a case is looked at: thrice for a finding, twice for drift or a near limit.

    limit_share: its amount over the limit of its action.

    >>> boost(), boost(finding=True, drifting=True), boost(limit_share=0.9)
    (1.0, 6.0, 2.0)
    """
    near = NEAR <= limit_share <= 1
    return (3.0 if finding else 1.0) * (2.0 if drifting else 1.0) * (2.0 if near else 1.0)


def draw(
    plan: Plan, frame: Iterable[FrameCase], watched: frozenset[Cell] = frozenset()
) -> Iterator[Drawn]:
    """The sample of the week. The same plan and frame, in any order, give the same sample."""
    cells: dict[Cell, list[FrameCase]] = defaultdict(list)
    before = None
    for case in sorted(frame, key=lambda case: case.decision_id):
        if case.decision_id == before:
            raise InvalidInput(f"{before} is twice in the frame; count each decision once")
        before = case.decision_id
        _check(case)
        cells[case.agent, case.action].append(case)
    wanted = split(plan, cells_of([c for of in cells.values() for c in of], watched))
    for cell, cases in sorted(cells.items()):
        for case, (pi, even) in zip(cases, chances(cases, wanted[cell], plan.uniform), strict=True):
            u = share(plan.key, case.decision_id)
            if u < pi:
                yield Drawn(case.decision_id, *cell, u, pi, even)


def discrepancies(again: Iterable[Drawn], stored: Iterable[Drawn]) -> list[str]:
    """Ids that a stored sample has and should not, lacks, or holds with other chances than one
    that was drawn again."""
    mine = {drawn.decision_id: drawn for drawn in again}
    kept = {drawn.decision_id: drawn for drawn in stored}
    return sorted(key for key in mine.keys() | kept.keys() if mine.get(key) != kept.get(key))


def expected_size(wanted: Mapping[Cell, float]) -> float:
    """Cases expected in the whole sample."""
    return math.fsum(wanted.values())


def _weight(cell: CellFrame) -> float:
    # A cell without impact still weighs a little, else nobody would ever look.
    root = math.sqrt(cell.count * max(cell.impact_mean, 1e-6))
    return root * 2 if cell.watched else root


def _cases(cell: CellFrame, scale: float, floor: float) -> float:
    return min(float(cell.count), max(floor, scale * _weight(cell)))


def _pull(case: FrameCase) -> float:
    m = 0.5 if case.harm_probability is None else case.harm_probability
    m = max(HARM_PROBABILITY_MIN, min(m, 1 - HARM_PROBABILITY_MIN))
    return math.sqrt(m * (1 - m)) * case.impact * case.boost


def _check(case: FrameCase) -> None:
    m = case.harm_probability
    if m is not None and not 0 <= m <= 1:
        raise InvalidInput(f"harm_probability of {case.decision_id}: from 0 to 1, not {m}")
    if not (case.impact >= 0 and math.isfinite(case.impact)):
        raise InvalidInput(f"impact of {case.decision_id}: 0 or more, not {case.impact}")
    if not (case.boost >= 1 and math.isfinite(case.boost)):
        raise InvalidInput(f"boost of {case.decision_id}: 1 or more, not {case.boost}")
