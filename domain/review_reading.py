"""What the weekly review hands on: decisions that people judged, with the chance of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.tuning import Decided


@dataclass(frozen=True, slots=True)
class LabelledDecision:
    """A decision that was drawn, and whether a person called it harm.

    It holds what was known when it was drawn, so neither retention nor spans that are sent again
    change it.

    confidence:        0 to 1; None where the agent said none.
    amount:            in dollars; None where none was said.
    pi:                chance with which it was drawn, above 0.
    pi_uniform:        the part of pi that each decision of its agent and action had.
    u:                 its keyed hash as a share; it was drawn because u < pi.
    harmful:           None where nobody looked, whoever looked could not say, or two who looked
                       said different things: gates take it for harm.
    cost:              dollars that the harm cost, as the reviewer said; None where nobody said.
    threshold_version: of the limits that the agent acted under; empty where it said none.
    outcome:           what came of it: such as `proceed`, `escalate`; in the agent's words.
    rubric:            version of what the reviewers went by; empty where nobody looked.
    """

    decision_id: str
    week: int
    decided_at: datetime
    agent: str
    action: str
    agent_version: str
    confidence: float | None
    amount: float | None
    pi: float
    pi_uniform: float
    u: float
    harmful: bool | None
    cost: float | None = None
    threshold_version: str = ""
    outcome: str = ""
    rubric: str = ""

    @property
    def uniform(self) -> bool:
        """Whether it belongs to the part of the sample in which all chances are the same."""
        return self.u < self.pi_uniform


@dataclass(frozen=True, slots=True)
class ReviewCell:
    """The decisions of one agent with one action in a week.

    frame:  how many there were to draw from; drawn: how many were.
    wanted: how many were expected to be drawn.
    pi_min: no decision of the cell had a smaller chance; known before any verdict.
    """

    agent: str
    action: str
    frame: int
    drawn: int
    wanted: float
    pi_min: float


@dataclass(frozen=True, slots=True)
class ReviewedWeek:
    """A closed week that was drawn.

    week:      ISO year x 100 + ISO week, of the tenant's time zone.
    begins, ends: half-open, UTC.
    open:      drawn decisions that nobody has judged or skipped yet.
    signed_at: when somebody signed its report off: its labels change no more; None until then.
    """

    week: int
    begins: datetime
    ends: datetime
    drawn_at: datetime
    frame: int
    drawn: int
    open: int
    signed_at: datetime | None
    cells: tuple[ReviewCell, ...]


class ReviewLabels(Protocol):
    """What limits are tuned from. All calls may block and raise Unavailable."""

    def tenants(self) -> Sequence[str]:
        """Those that had a week drawn."""
        ...

    def weeks(self, tenant: str, weeks_max: int) -> Sequence[ReviewedWeek]:
        """Weeks that were drawn, the newest first."""
        ...

    def labels(
        self, tenant: str, week: int, agent: str = "", action: str = ""
    ) -> Sequence[LabelledDecision]:
        """Every drawn decision of a week, in the order of ids; agent and action empty for all.

        Cases that were added by hand, gold cases and second looks are no labels.
        """
        ...

    def decided(self, tenant: str, week: int, agent: str, action: str) -> Sequence[Decided]:
        """All decisions of a cell, drawn or not, for replays."""
        ...
