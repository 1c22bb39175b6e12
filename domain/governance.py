"""Where governance keeps its state: rows that are only ever added, and who won is read back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from domain.audit_trail import AuditRecord
from domain.reviewing import Drawn, FrameCase, Reviewed
from domain.tuning import Decided


class Journal(Protocol):
    """The chains of all tenants: each record holds a change and the state that it left, so neither
    can be there without the other. All calls may block and raise Unavailable."""

    def head(self, tenant: str) -> AuditRecord | None:
        """The newest record of a tenant; None before the first."""
        ...

    def append(self, records: Sequence[AuditRecord]) -> bool:
        """All of them, which follow one another, or none: False when another took the first's
        sequence before."""
        ...

    def records(self, tenant: str, after: int, rows_max: int) -> Sequence[AuditRecord]:
        """In order of sequence, those after a sequence."""
        ...

    def of(self, tenant: str, subject: str, *, kill: bool) -> Sequence[AuditRecord]:
        """Of one agent's limits, or of one switch, in order."""
        ...

    def latest(self, since: datetime) -> tuple[Sequence[AuditRecord], datetime]:
        """The newest of each agent's limits and each switch, among those stored since a time;
        and when the last of them was stored."""
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
