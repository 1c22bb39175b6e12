"""What the routes need of the rest of the product, as protocols."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from api.governance_ports import Governing
from api.review_ports import ReviewAdministration
from domain.access import Authenticator, Principal, Scope
from domain.asked import Asked, Heard, Place
from domain.attribution import Attributing
from domain.chains import Chain
from domain.changes import ChangeEvent, Wanted
from domain.comparison import Comparing
from domain.drift_reading import DriftReading
from domain.fleet import FleetNow
from domain.recorded_events import RecordedEvent


class StatusSource(Protocol):
    """Where the figures of /healthz and /v1/status come from. All calls may block."""

    def health(self) -> Mapping[str, Any]:
        """The result of a real aggregate over the newest data. Raises Unavailable."""
        ...

    def status(self) -> Mapping[str, Any]:
        """Lag, queue, dead letters, disk, last seen per service."""
        ...

    def coverage(self, days: int, agent: str) -> Mapping[str, Any]:
        """What analyzers can see of each agent in the last `days` days; empty `agent` = all.

        Raises Unavailable.
        """
        ...


class KeyAdministration(Protocol):
    """API keys as governance keeps them. All calls may block."""

    def create(self, tenant: str, name: str, scopes: Iterable[Scope]) -> Mapping[str, Any]:
        """The new key with its text. Raises InvalidInput."""
        ...

    def listed(self) -> list[Mapping[str, Any]]:
        """All keys, without secrets."""
        ...

    def revoke(self, key_id: str) -> Mapping[str, Any]:
        """The revoked key. Raises NotFound."""
        ...


class ToolAdministration(Protocol):
    """tools.yaml: what is in force. All calls may block."""

    def apply(self, text: str, since: datetime | None, until: datetime | None) -> Mapping[str, Any]:
        """Put the file in force, and derive anew what was received in [since, until).

        Raises InvalidInput with line, column and path, TooLarge, Conflict while another is being
        applied, Unavailable.
        """
        ...

    def in_force(self, tools_max: int, after: str) -> Mapping[str, Any]:
        """Up to `tools_max` rules by name, the first after `after`, and what goes beside them."""
        ...


class PolicyAdministration(Protocol):
    """policies.yaml: what is in force. All calls may block and raise Unavailable."""

    def apply(self, text: str) -> Mapping[str, Any]:
        """Put the file in force. Raises InvalidInput with line, column and path, TooLarge."""
        ...

    def in_force(self) -> Mapping[str, Any]:
        """When it was applied, every version of every policy, and permissions."""
        ...


class FindingAdministration(Protocol):
    """What people do about findings and signatures. All calls may block."""

    def act(
        self, key: tuple[str, str], action: str, actor: str, note: str,
        muted_until: datetime | None,
    ) -> Mapping[str, Any]:  # fmt: skip
        """The finding as it then stands; key: tenant, empty for any, and its id.

        Raises NotFound, InvalidInput, Unavailable.
        """
        ...

    def set_mode(
        self, signature: str, mode: str, actor: str, tenant: str = ""
    ) -> Mapping[str, Any]:
        """on, shadow or off, of one tenant or of all. Raises NotFound, Unavailable."""
        ...


class FindingReader(Protocol):
    """Findings and signatures, for reading. All calls may block and raise Unavailable."""

    def listed(self, asked: Asked, rows_max: int, place: Place) -> Sequence[Mapping[str, Any]]:
        """Up to `rows_max` findings, the latest first, from `place` on."""
        ...

    def detail(self, tenant: str, finding_id: str) -> Mapping[str, Any]:
        """One finding with its history and the steps around its evidence; tenant empty for any.

        Raises NotFound.
        """
        ...

    def changed(self, asked: Asked, after: Heard, rows_max: int) -> Sequence[Mapping[str, Any]]:
        """What was found, said or done after `after`, the earliest first, each with changed_ns."""
        ...

    def counts(self, tenant: str) -> Mapping[str, Mapping[str, int]]:
        """severities of those not resolved, and states, of the last month."""
        ...

    def signatures(self, tenant: str) -> Sequence[Mapping[str, Any]]:
        """The catalogue with modes, verdicts, and findings of the last month by state."""
        ...


class ChainReader(Protocol):
    """Causal chains. All calls may block and raise Unavailable; tenant: empty for any."""

    def chain(self, tenant: str, name: str, *, fresh: bool = False) -> Chain:
        """Of the outcome, span or finding called `name`; fresh: built anew. Raises NotFound."""
        ...

    def listed(self, tenant: str, chains_max: int) -> Sequence[Mapping[str, Any]]:
        """Up to `chains_max` chains of bad outcomes, those with the latest rows first.

        Each with tenant, subject, built, watermark, outcome_type, case_id, agents, systems,
        top_cause, score, sentence, money_at_risk by unit, live_writes, nodes, levels, cut.
        """
        ...


class EventRecorder(Protocol):
    """Where facts go that are told over HTTP."""

    async def record(self, teller: Principal, events: Sequence[RecordedEvent]) -> None:
        """They are the teller's tenant's, and durable when it returns.

        Raises Unavailable under pressure, Conflict where nothing is taken in, TooLarge.
        """
        ...


class ChangeReader(Protocol):
    """What was changed that agents may behave otherwise for. May block and raise Unavailable."""

    def listed(self, wanted: Wanted, rows_max: int) -> Sequence[ChangeEvent]:
        """Up to `rows_max`, the latest first; of one agent also versions that it began to use.

        These only where the time is a month at most.
        """
        ...


class FleetReader(Protocol):
    """How agents do at the moment. May block and raise Unavailable."""

    def now(self, tenant: str, minutes: float) -> FleetNow:
        """The last `minutes`; tenant: empty for all."""
        ...


class MetricsSource(Protocol):
    """The process's own metrics."""

    def text(self) -> bytes:
        """In Prometheus' text format."""
        ...


class SignIn(Protocol):
    """People who log in with a provider. All calls may block and raise Unavailable."""

    @property
    def provider(self) -> str:
        """How people know it."""
        ...

    def begin(self, redirect_uri: str, back: str) -> tuple[str, str]:
        """Where to send the browser, and what it has to bring back; back: where to go then."""
        ...

    def finish(self, sealed: str, said: Mapping[str, str]) -> tuple[str, float, str]:
        """The session, its seconds, and where to go. Raises Unauthenticated, PermissionDenied."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that the API is built from."""

    authenticator: Authenticator
    status: StatusSource
    keys: KeyAdministration
    metrics: MetricsSource
    tools: ToolAdministration
    findings: FindingAdministration
    finding_reader: FindingReader
    policies: PolicyAdministration
    recorder: EventRecorder
    attributing: Attributing
    chains: ChainReader
    governing: Governing
    changes: ChangeReader
    drift: DriftReading
    comparing: Comparing
    fleet: FleetReader
    reviewing: ReviewAdministration
    sign_in: SignIn | None = None
