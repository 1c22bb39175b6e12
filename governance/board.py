"""All limits and stops as they are now, in memory, and the documents that agents get of them.

A document is a function of the journal, the time and the key: every process writes the same bytes,
so its tag holds wherever an agent asks.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from domain.audit_trail import AuditRecord
from domain.errors import InvalidInput
from domain.kills import KillSwitch
from domain.thresholds import Issued, ThresholdDocument
from governance import audit, documents, journal, kill, signing
from governance.stable_hash import place
from governance.thresholds import Governed

# Documents that are kept signed; those of other agents are signed when they ask.
ISSUED_MAX = 20_000
ONE_TICK = timedelta(microseconds=1)
START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """An agent's limits, and its open proposals, as the newest record has them.

    newest: sequence of that record; sequence, at, sha256: of the newest that is about limits and
    not about proposals, which an agent does not notice.
    """

    governed: Governed
    newest: int = 0
    sequence: int = 0
    at: datetime = START
    sha256: str = ""


@dataclass(slots=True)
class Stops:
    """The switches of one tenant; of all tenants under the empty one."""

    switches: dict[str, KillSwitch] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    at: datetime = START

    @property
    def sequence(self) -> int:
        """Of the newest record of any."""
        return max(self.sequences.values(), default=0)


@dataclass(frozen=True, slots=True)
class Lease:
    """A document, and until when it stays as it is unless something is changed."""

    issued: Issued
    generation: int
    until: datetime


def key_id(public_key: bytes) -> str:
    """What a document calls the key that signed it.

    >>> key_id(bytes(32))
    '66687aadf862bd77'
    """
    return hashlib.sha256(public_key).hexdigest()[:16]


class Board:
    """Thread-safe. `generation` grows whenever anything is changed."""

    def __init__(self, private_key: bytes, life: timedelta = documents.LIFE) -> None:
        """life: of a document at most; it is written anew when half of it is over."""
        self._private_key = private_key
        self.public_key = signing.public_key(private_key)
        self.key_id = key_id(self.public_key)
        self._half = life / 2
        self._held: dict[tuple[str, str], Held] = {}
        self._stops: dict[str, Stops] = {}
        self._leases: OrderedDict[tuple[str, str], Lease] = OrderedDict()
        self._lock = Lock()
        self._problems: list[str] = []
        self._refused: set[tuple[str, int]] = set()
        self.generation = 0

    def take(self, records: Iterable[AuditRecord]) -> bool:
        """Records of the journal, in any order and again; whether any was news.

        One that was altered is not obeyed: an agent whose limits it holds has none then.
        """
        news = False
        with self._lock:
            for record in records:
                stop = record.change.action.startswith(journal.KILL)
                try:
                    news |= self._take_switch(record) if stop else self._take_limits(record)
                except InvalidInput as error:
                    news |= self._refuse(record, str(error), stop=stop)
            self.generation += news
        return news

    def problems(self) -> list[str]:
        """Of records that are not obeyed, each told once."""
        with self._lock:
            told, self._problems = self._problems, []
        return told

    def document(self, tenant: str, agent: str, at: datetime) -> Issued:
        """What the agent acts by. One that nobody governs yet gets one that escalates all."""
        lease = self._leases.get((tenant, agent))
        if lease is not None and lease.generation == self.generation and at < lease.until:
            return lease.issued
        with self._lock:
            lease = self._written(tenant, agent, at)
            self._leases[tenant, agent] = lease
            self._leases.move_to_end((tenant, agent))
            if len(self._leases) > ISSUED_MAX:
                self._leases.popitem(last=False)
        return lease.issued

    def held(self, tenant: str) -> list[Held]:
        """Of each agent of a tenant that has limits or proposals, by name."""
        with self._lock:
            found = [held for (owner, _), held in self._held.items() if owner == tenant]
        return sorted(found, key=lambda held: held.governed.agent)

    def tenants(self) -> set[str]:
        """Those with limits or proposals."""
        with self._lock:
            return {tenant for tenant, _ in self._held}

    def of(self, tenant: str, agent: str) -> Held | None:
        """None for an agent without limits and proposals."""
        return self._held.get((tenant, agent))

    def switches(self, tenant: str) -> list[KillSwitch]:
        """Of the tenant and of all tenants, the newest first."""
        with self._lock:
            found = [one for owner in {"", tenant} for one in self._of(owner).switches.values()]
        return sorted(found, key=lambda one: (one.ordered_at, one.switch_id), reverse=True)

    def _take_limits(self, record: AuditRecord) -> bool:
        change, sequence = record.change, record.sequence
        whose = (change.tenant, change.subject)
        held = known = self._held.get(whose) or Held(Governed(*whose))
        if sequence > known.newest:
            audit.check(record)
            held = replace(held, governed=journal.newest(*whose, record), newest=sequence)
        if sequence > known.sequence and not change.action.startswith(journal.PROPOSAL):
            held = replace(held, sequence=sequence, at=change.at, sha256=record.sha256)
        self._held[whose] = held
        return held is not known

    def _take_switch(self, record: AuditRecord) -> bool:
        change = record.change
        stops = self._stops.setdefault(change.tenant, Stops())
        if stops.sequences.get(change.subject, 0) >= record.sequence:
            return False
        audit.check(record)
        stops.sequences[change.subject] = record.sequence
        stops.switches[change.subject] = journal.switch(record)
        stops.at = max(stops.at, change.at)
        return True

    def _refuse(self, record: AuditRecord, problem: str, *, stop: bool) -> bool:
        change = record.change
        place = (change.tenant, record.sequence)
        if place in self._refused:
            return False
        self._refused.add(place)
        self._problems.append(problem)
        if not stop:
            whose = (change.tenant, change.subject)
            held = self._held.get(whose) or Held(Governed(*whose))
            self._held[whose] = replace(held, governed=Governed(*whose), newest=record.sequence)
        return not stop

    def _of(self, tenant: str) -> Stops:
        return self._stops.get(tenant) or Stops()

    def _written(self, tenant: str, agent: str, at: datetime) -> Lease:
        begun = self._begun(tenant, agent, at)
        own, everybody = self._of(tenant), self._of("")
        switches = [*own.switches.values(), *everybody.switches.values()]
        changes = sorted(moment for one in switches for moment in turns(one))
        stops = kill.stops_for(switches, tenant, agent, at)
        held = self._held.get((tenant, agent))
        known = held or Held(Governed(tenant, agent))
        passed = [moment for moment in changes if moment <= at]
        expires_at = begun + 2 * self._half
        document = ThresholdDocument(
            tenant=tenant,
            agent=agent,
            version=known.governed.number,
            issued_at=max(begun, known.at, own.at, everybody.at, *passed),
            expires_at=expires_at,
            thresholds=known.governed.thresholds,
            stops=stops,
            frozen=bool(known.governed.frozen_by),
            audit_head=known.sha256,
            revision=max(known.sequence, own.sequence) + everybody.sequence,
        )
        # Another process may have a clock that is ahead.
        issued_at = min(document.issued_at, expires_at - ONE_TICK)
        signed = documents.sealed(
            replace(document, issued_at=issued_at), self._private_key, self.key_id
        )
        tag = f'"{hashlib.sha256(signed.body).hexdigest()[:32]}"'
        issued = Issued(signed, tag, tuple(stop.switch_id for stop in stops))
        coming = [moment for moment in changes if moment > at]
        return Lease(issued, self.generation, min([begun + self._half, *coming]))

    def _begun(self, tenant: str, agent: str, at: datetime) -> datetime:
        """When the half life began in which `at` lies; each agent has its own beginnings, so that
        not all of them come for a new document at once."""
        offset = self._half * place(tenant, agent)
        return START + offset + (at - START - offset) // self._half * self._half


def turns(switch: KillSwitch) -> Iterable[datetime]:
    """When what a switch says changes by itself."""
    yield switch.ordered_at
    ended = kill.end_of(switch)
    if ended is not None:
        yield ended
        yield from (ended + step.after for step in switch.recovery)
