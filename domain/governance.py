"""Where governance keeps its state: rows that are only ever added, and who won is read back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from domain.audit_trail import AuditRecord
from domain.kills import Heard, KillSwitch
from domain.proposals import Proposal, Version
from domain.reviewing import Drawn, FrameCase, Reviewed
from domain.tuning import Decided


class AuditStore(Protocol):
    """The chain of a tenant's audit records."""

    def last(self, tenant: str) -> AuditRecord | None:
        """The newest; None before the first. Raises Unavailable."""
        ...

    def records(self, tenant: str, after: int = 0) -> Iterable[AuditRecord]:
        """In order of sequence, those after a sequence. Raises Unavailable."""
        ...

    def append(self, record: AuditRecord) -> bool:
        """Whether this record took its sequence; False when another was first."""
        ...


class ThresholdStore(Protocol):
    """Versions and proposals of limits; a version's number is taken once."""

    def versions(self, tenant: str, agent: str) -> Sequence[Version]:
        """All, by number. Raises Unavailable."""
        ...

    def append(self, tenant: str, agent: str, version: Version) -> bool:
        """Whether this version took its number; False when another was first."""
        ...

    def proposals(self, tenant: str, agent: str) -> Sequence[Proposal]:
        """All in their latest state, the oldest first."""
        ...

    def keep(self, tenant: str, agent: str, proposal: Proposal) -> None:
        """A new proposal, or a new state of one."""
        ...


class ReviewStore(Protocol):
    """The frame of a week, its sample, and verdicts."""

    def frame(self, tenant: str, week: int) -> Iterable[FrameCase]:
        """Every decision of the closed week once."""
        ...

    def keep_sample(self, tenant: str, week: int, drawn: Sequence[Drawn]) -> None:
        """Before anybody sees a case; the same sample again changes nothing."""
        ...

    def reviewed(self, tenant: str, week: int, agent: str, action: str) -> Sequence[Reviewed]:
        """The verdict in force of each case of a cell; a drawn case without one is skipped."""
        ...

    def decided(self, tenant: str, week: int, agent: str, action: str) -> Sequence[Decided]:
        """All decisions of a cell, for replays."""
        ...


class KillStore(Protocol):
    """Kill switches, and which agents know of them."""

    def switches(self, tenant: str) -> Sequence[KillSwitch]:
        """Of the tenant and of all tenants, in their latest state."""
        ...

    def keep(self, switch: KillSwitch) -> None:
        """A new switch, or a new state of one."""
        ...

    def heard(self, switch_id: str) -> Sequence[Heard]:
        """Every agent that the switch concerns, and when it first knew."""
        ...

    def told(self, switch_id: str, agent: str, at: datetime) -> None:
        """An agent pulled a document that has the switch."""
        ...
