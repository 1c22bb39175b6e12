"""What the weekly review is made of: the decisions of a week, those drawn, and what people said."""

from dataclasses import dataclass
from enum import StrEnum


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
