"""What limits are tuned from: the labels of a week, and the decisions that they were drawn from."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Label:
    """A verdict on one decision; a skipped one is harm here, for nobody said that it was fine.

    pi:      chance with which the case was drawn; 1 where people decide all; None by hand.
    uniform: whether it belongs to the part of the sample in which all chances are the same.
    amount:  in dollars.
    """

    confidence: float
    harm: bool
    pi: float | None
    uniform: bool = True
    amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it is replayed under other limits; harm is None where nobody looked."""

    decision_id: str
    confidence: float | None
    amount: float | None = None
    harm: bool | None = None


@dataclass(frozen=True, slots=True)
class TuningWeek:
    """One closed week of an agent's action.

    ended:   the day after its last.
    pi_min:  no decision of the week had a smaller chance; known before any verdict.
    decided: all decisions, drawn or not.
    """

    ended: date
    labels: tuple[Label, ...]
    decided: tuple[Decided, ...] = ()
    pi_min: float = 1.0
