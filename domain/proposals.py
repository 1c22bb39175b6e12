"""What somebody wants the limits to be, who said yes or no, and what they have been."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.audit_trail import JsonValue
from domain.thresholds import Threshold


class ProposalState(StrEnum):
    """Where a proposal stands; all but `open` are final."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Automaton:
    """A part of Wakeline that acts by itself: it may tighten and propose, never approve."""

    name: str

    @property
    def who(self) -> str:
        """How records call it; no key has a slash in its id."""
        return f"automatic/{self.name}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """Limits that would allow more.

    base:     version in force when it was made; limits of the same actions must be the same still.
    shown:    evidence, expected autonomy, bound of harm and replay, as they were shown.
    """

    proposal_id: str
    thresholds: tuple[Threshold, ...]
    base: int
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    why: str
    shown: JsonValue = None
    state: ProposalState = ProposalState.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """All limits of an agent from a time on; numbers are 1, 2, 3, … without gaps."""

    number: int
    thresholds: tuple[Threshold, ...]
    at: datetime
    by: str
    approved_by: str
    why: str
