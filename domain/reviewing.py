"""What the weekly review is made of: the decisions of a week, those drawn, and what people said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Cell = tuple[str, str]  # (agent, action)


class Verdict(StrEnum):
    """What a reviewer said of a decision; who skips says why."""

    FINE = "fine"
    HARM = "harm"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FrameCase:
    """A decision of the closed week.

    decision_id:      its own id, or `TRACE/SPAN`.
    impact:           what is at stake, in dollars or as a risk tier; 0 or more.
    harm_probability: what a classifier says, 0 to 1; None without one.
    boost:            at least 1: more where findings, drift or an amount near the limit point at
                      it.
    """

    decision_id: str
    agent: str
    action: str
    impact: float = 1.0
    harm_probability: float | None = None
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class CellFrame:
    """The decisions of one agent with one action in a week; `watched`: new, drifting or canary."""

    agent: str
    action: str
    count: int
    impact_mean: float
    watched: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A decision in the sample, as it is stored before anybody sees it.

    u:          its keyed hash as a share, 0 to 1.
    pi:         chance with which it was drawn; it is in the sample because u < pi.
    pi_uniform: the part of pi that each decision of its cell has; with u < pi_uniform it belongs to
                the part of the sample that says nothing of findings or amounts.
    """

    decision_id: str
    agent: str
    action: str
    u: float
    pi: float
    pi_uniform: float

    @property
    def uniform(self) -> bool:
        """Whether it would have been drawn without any targeting."""
        return self.u < self.pi_uniform


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A verdict beside the chance of its case; pi is None for a case that was added by hand."""

    decision_id: str
    verdict: Verdict
    pi: float | None
    harm_probability: float | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the bounds between which it lies with the confidence that was asked for."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What was known of a decision when its week was drawn.

    confidence: 0 to 1; amount in `currency`, as the agent said it; None where it said none.
    outcome:    what came of it, in the agent's words; agent_version, threshold_version: empty where
                nobody said one.
    """

    decision_id: str
    agent: str
    action: str
    decided_at: datetime
    trace_id: str
    span_id: str
    confidence: float | None = None
    amount: float | None = None
    currency: str = ""
    agent_version: str = ""
    threshold_version: str = ""
    outcome: str = ""

    @property
    def cell(self) -> Cell:
        """What it is drawn among."""
        return self.agent, self.action


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """The decisions of one agent with one action in a week, and what their chances follow from.

    frame:        how many there were; wanted: how many were expected in the sample; drawn: how
                  many are.
    pi_min:       no decision had a smaller chance.
    watched:      why it gets twice the attention: new, drifting, canary; empty for none.
    amount_limit: what the agent might spend alone when it was drawn; None without a limit.
    """

    agent: str
    action: str
    frame: int
    impact_mean: float
    wanted: float
    drawn: int
    pi_min: float
    watched: tuple[str, ...] = ()
    amount_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """How the sample of a closed week was drawn: all that drawing it again takes but the key.

    begins, ends:  half-open, of the tenant's time zone.
    known_until:   decisions that were received later are not in the frame.
    key_id:        of the key; frame_sha256: of the ids and impacts of the frame; sample_sha256: of
                   the sample.
    attempt:       random: tells who drew of those who tried.
    """

    tenant: str
    week: int
    zone: str
    begins: datetime
    ends: datetime
    known_until: datetime
    key_id: str
    budget: float
    uniform: float
    minimum: float
    classifier: str
    frame: int
    frame_sha256: str
    drawn: int
    sample_sha256: str
    cells: tuple[DrawnCell, ...]
    drawn_by: str
    drawn_at: datetime
    attempt: str


class Look(StrEnum):
    """Why somebody looks at a case; reviewers are not told."""

    FIRST = "first"  # it was drawn
    SECOND = "second"  # the same case, by another reviewer
    BLIND = "blind"  # a case of an earlier week, by the same reviewer
    GOLD = "gold"  # its verdict is known
    HAND = "hand"  # a person asked for it; it is in no estimate


@dataclass(frozen=True, slots=True)
class ReviewCase:
    """A decision in the queue of a week.

    case_id: random, so that it tells nothing of the look.
    pi:      chance with which it was drawn; None unless it counts in estimates.
    of_week: the week of the decision.
    """

    case_id: str
    week: int
    look: Look
    facts: Facts
    of_week: int
    u: float = 0.0
    pi: float | None = None
    pi_uniform: float = 0.0
    added_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody has the case before them until a time; number: 1 for the first of a case."""

    case_id: str
    number: int
    reviewer: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What somebody said of a case.

    reason: one of REASONS of the verdict; cost: dollars that the harm cost.
    rubric: version of what reviewers go by; settles: said where two said different things.
    """

    case_id: str
    reviewer: str
    verdict: Verdict
    at: datetime
    reason: str = ""
    note: str = ""
    cost: float | None = None
    rubric: str = ""
    settles: bool = False


# Harm and a skipped case need one of these reasons, or `other` with a note.
REASONS: dict[Verdict, tuple[str, ...]] = {
    Verdict.FINE: (),
    Verdict.HARM: (
        "wrong_action", "wrong_amount", "wrong_input", "against_policy", "not_escalated",
    ),
    Verdict.SKIPPED: ("too_little_context", "not_my_field", "involved_myself"),
}  # fmt: skip
OTHER = "other"


def in_force(looks: Collection[Judged], settled: Judged | None = None) -> Verdict:
    """What counts of what the first and the second reviewer said of the same decision.

    Whoever settles it has the last word. One who skipped leaves it to the other; where both
    answered and differ nobody knows, which counts as a skipped case: as harm for gates.

    >>> at = datetime(2026, 1, 1)
    >>> fine, harm = (Judged("c", "ann", verdict, at) for verdict in (Verdict.FINE, Verdict.HARM))
    >>> str(in_force([fine])), str(in_force([fine, harm])), str(in_force([fine, harm], harm))
    ('fine', 'skipped', 'harm')
    """
    if settled is not None:
        return settled.verdict
    answers = {one.verdict for one in looks} - {Verdict.SKIPPED}
    return answers.pop() if len(answers) == 1 else Verdict.SKIPPED


def differ(looks: Collection[Judged]) -> bool:
    """Whether two reviewers answered and said different things."""
    return len({one.verdict for one in looks} - {Verdict.SKIPPED}) > 1


def cost_of(looks: Collection[Judged], settled: Judged | None = None) -> float | None:
    """Dollars that the harm cost: as whoever settled it said, else the most that anybody said."""
    said = [settled] if settled is not None else looks
    costs = [one.cost for one in said if one.verdict is Verdict.HARM and one.cost is not None]
    return max(costs, default=None)


@dataclass(frozen=True, slots=True)
class Looked:
    """What reviewers said of one decision: of its first and second look, and who settled it.

    looks: the last word of each reviewer.
    """

    case: ReviewCase
    looks: tuple[Judged, ...]
    settled: Judged | None

    @property
    def verdict(self) -> Verdict | None:
        """What counts of it; None while nobody has said anything."""
        if not self.looks and self.settled is None:
            return None
        return in_force(self.looks, self.settled)

    @property
    def disputed(self) -> bool:
        """Whether two said different things, and nobody has settled it."""
        return self.settled is None and differ(self.looks)
