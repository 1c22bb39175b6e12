"""What the routes of governance need of the rest of the product, as protocols."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.access import Principal
from domain.thresholds import Issued

Said = Mapping[str, Any]
Client = tuple[str, str, str]  # tenant, agent, name of the client


class DocumentSource(Protocol):
    """Documents as agents pull them; nothing here waits for the store."""

    @property
    def public_keys(self) -> Mapping[str, str]:
        """What their signatures are checked with: hex, by name."""
        ...

    def issued(self, tenant: str, agent: str) -> Issued:
        """What an agent acts by now. Raises Unavailable while the store was not read yet."""
        ...

    async def waited(self, tenant: str, agent: str, etag: str, seconds: float) -> Issued:
        """As soon as it is another than the one with the tag, or after so long."""
        ...

    def flags(self, tenant: str, agent: str, asked: Said, key: str = "") -> list[Said]:
        """Flags of an agent, each with key, value, why and version: the one with the key, or all.

        asked: case, agent_version, capability, confidence, amount; the value is None where a case
        is needed and none is named.
        """
        ...

    def bundle(self, tenant: str) -> tuple[bytes, str]:
        """All agents of a tenant for Open Policy Agent, as tar.gz, and the revision."""
        ...

    def note(self, client: Client, issued: Issued) -> None:
        """A client of an agent has it now."""
        ...


class ThresholdAdministration(Protocol):
    """Limits of agents. All calls may block and raise Unavailable.

    Those that change something raise PermissionDenied, Conflict, InvalidInput, NotFound.
    """

    def listed(self, tenant: str) -> list[Said]:
        """Every agent that has limits or proposals, as it stands."""
        ...

    def history(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """The versions of an agent, the newest first. Raises NotFound."""
        ...

    def proposals(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """Of an agent in all states, or of all agents those that are open; the newest first."""
        ...

    def difference(self, tenant: str, agent: str, before: int, after: int) -> list[Said]:
        """What changed from one version to another; 0 is before the first. Raises NotFound."""
        ...

    def propose(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """The new proposal."""
        ...

    def settle(self, by: Principal, agent: str, proposal_id: str, verdict: str, why: str) -> Said:
        """verdict: approve or reject; the proposal as it then is."""
        ...

    def tighten(self, by: Principal, agent: str, said: Sequence[Said], why: str) -> Said:
        """At once; the agent as it then stands."""
        ...

    def roll_back(self, by: Principal, agent: str, version: int, why: str) -> Said:
        """To an older version: what is stricter there at once, the rest as a proposal."""
        ...

    def freeze(self, by: Principal, agent: str, why: str, *, thaw: bool = False) -> Said:
        """Nothing can be loosened until it is thawed."""
        ...


class KillAdministration(Protocol):
    """Kill switches. All calls may block and raise Unavailable."""

    def listed(self, tenant: str, rows_max: int) -> list[Said]:
        """Of the tenant and of all tenants, the newest first, as they are now."""
        ...

    def detail(self, tenant: str, switch_id: str) -> Said:
        """With who has heard of it, who has not, and what they did since. Raises NotFound."""
        ...

    def reach(self, by: Principal, said: Said) -> Said:
        """What a switch would stop, by what agents did in the last day. Raises InvalidInput."""
        ...

    def order(self, by: Principal, said: Said) -> Said:
        """Stop agents at once. Raises InvalidInput, PermissionDenied."""
        ...

    def release(self, by: Principal, switch_id: str, why: str) -> Said:
        """End a stop. Raises NotFound, Conflict, PermissionDenied."""
        ...


class AuditReader(Protocol):
    """The record of changes. All calls may block and raise Unavailable."""

    def listed(self, tenant: str, before: int | None, subject: str, rows_max: int) -> list[Said]:
        """The newest first, those before a place in the chain; subject: empty for all."""
        ...

    def verified(self, tenant: str, head: str = "") -> Said:
        """Whether a tenant's chain holds; head: a hash that was known and has to be in it."""
        ...


class AutonomyAdministration(Protocol):
    """How far agents act by themselves. All calls may block and raise Unavailable."""

    def standing(self, tenant: str, agent: str, rows_max: int) -> list[Said]:
        """Each action that has limits or was reviewed, with its evidence and what holds the next
        stage back; agent empty: of all."""
        ...

    def tune(self, by: Principal) -> list[Said]:
        """Propose and tighten at once what follows from what is known. Raises PermissionDenied."""
        ...


@dataclass(frozen=True, slots=True)
class Governing:
    """Everything that governs agents."""

    documents: DocumentSource
    thresholds: ThresholdAdministration
    kills: KillAdministration
    audit_log: AuditReader
    autonomy: AutonomyAdministration
