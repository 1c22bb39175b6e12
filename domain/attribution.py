"""Who and where: which step of one trace a failure came from, and what that is told from."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from domain.findings import Role


class Basis(StrEnum):
    """What a ranking rests on: findings in the trace, or nothing but the shape of the run."""

    VIOLATIONS = "violations"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class RunStep:
    """A step of a trace, and the marks of its texts; no text itself.

    number:     the sender's own, None where it says none.
    words:      of what it says; 0 where that is not recorded.
    figures:    hashes of the names and numbers that it says.
    heard:      of those in what it was told, or in what a tool answered.
    hands_over: gives work to another agent.
    hit_limit:  says that turns, time or budget were used up.
    changes:    wrote something or had an effect.
    """

    span_id: str
    parent_span_id: str
    at: datetime
    agent: str
    operation: str
    failed: bool = False
    number: int | None = None
    words: int = 0
    figures: frozenset[int] = frozenset()
    heard: frozenset[int] = frozenset()
    hands_over: bool = False
    hit_limit: bool = False
    changes: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding that names a span in a role; weight: severity x confidence, 0 to 1."""

    span_id: str
    role: Role
    finding_id: str
    signature: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A step that the failure may have come from.

    step:        the sender's number of it; else its place among the steps of the run, from 1.
    score:       0 to 1, by which suspects are ranked: agent_share, times how likely the step is
                 beside the likeliest step of the same agent.
    agent_share: how likely it was this agent, of all agents; 0 to 1.
    step_share:  how likely it was this step, of all steps; 0 to 1.
    """

    agent: str
    span_id: str
    step: int
    score: float
    agent_share: float
    step_share: float
    reason: str
    finding_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """The likeliest suspects of a trace, at most a few.

    confidence: the share of the first suspect's agent, 0 to 1.
    steps:      how many steps of the run were weighed.
    cut:        why not all of them were; empty when they were.
    """

    tenant: str
    trace_id: str
    basis: Basis
    confidence: float
    suspects: tuple[Suspect, ...]
    steps: int
    cut: str = ""


class Attributing(Protocol):
    """Where attributions come from. Calls may block and raise Unavailable."""

    def attribution(self, tenant: str, trace_id: str) -> Attribution:
        """Of one trace; `tenant` empty for any. Raises InvalidInput for what is no trace id, and
        NotFound for a trace without steps."""
        ...
