"""Changes of limits and switches, put into the journal one after another, whoever makes them.

A change is worked out on the state that was read, and written at the place behind the newest
record. Whoever finds the place taken reads the new state and tries again, so nobody acts on a
state that is gone, and of two who approve the same proposal one wins and the other is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from domain.access import DEFAULT_TENANT, Principal, Scope
from domain.audit_trail import AuditRecord, Change
from domain.errors import NotFound, PermissionDenied, Unavailable
from domain.governance import Journal
from domain.kills import KillSwitch
from domain.proposals import Automaton
from governance import audit, journal, kill
from governance.thresholds import By, Done, Governed, Order

State = TypeVar("State")
ATTEMPTS_MAX = 50
LOCAL = "local"

Command = Callable[[Governed], tuple[Governed, Sequence[Change]]]


def single(done: Done) -> tuple[Governed, Sequence[Change]]:
    """What a command with one change gives, as those with several give it."""
    after, change = done
    return after, (change,)


class Desk:
    """Thread-safe; every call may block and raise Unavailable."""

    def __init__(self, kept: Journal) -> None:
        self._journal = kept
        self._lock = Lock()

    def governed(self, tenant: str, agent: str) -> Governed:
        """All versions and proposals of an agent."""
        return journal.governed(tenant, agent, self._journal.of(tenant, agent, kill=False))

    def change(self, tenant: str, agent: str, command: Command) -> Governed:
        """Carry out a command on the limits of an agent; the state after it.

        Raises whatever the command raises.
        """

        def attempt() -> tuple[Governed, Sequence[Change]]:
            before = self.governed(tenant, agent)
            after, changes = command(before)
            state = journal.left(before, after)
            return after, [replace(change, state=state) for change in changes]

        return self._settled(tenant, attempt)

    def switch(self, tenant: str, switch_id: str) -> KillSwitch:
        """As it is now. tenant: whose chain has it. Raises NotFound."""
        records = self._journal.of(tenant, switch_id, kill=True)
        if not records:
            raise NotFound(f"no kill switch has the id '{switch_id}'")
        return journal.switch(records[-1])

    def order(self, switch: KillSwitch, by: Principal) -> KillSwitch:
        """Stop agents, from now on. Raises PermissionDenied, InvalidInput."""
        _may_stop(by, switch.tenant)
        kill.checked(switch)

        done = "kill.drilled" if switch.drill else "kill.ordered"
        order = Order(by, switch.ordered_at, switch.reason)

        def attempt() -> tuple[KillSwitch, Sequence[Change]]:
            return switch, [_told(done, order, None, switch)]

        return self._settled(switch.tenant, attempt)

    def release(self, tenant: str, switch_id: str, order: Order) -> KillSwitch:
        """End a stop; what it says of recovery begins. Raises NotFound, Conflict."""
        _may_stop(order.by, tenant)

        def attempt() -> tuple[KillSwitch, Sequence[Change]]:
            before = self.switch(tenant, switch_id)
            after = kill.released(before, who(order.by), order.at)
            return after, [_told("kill.released", order, before, after)]

        return self._settled(tenant, attempt)

    def record(self, tenant: str, made: Callable[[], Change]) -> None:
        """Put a change into a tenant's chain from which no limits or switches follow.

        made: called again on the new state where others wrote meanwhile; raises whatever it raises.
        """
        self._settled(tenant, lambda: (None, (made(),)))

    def _settled(self, tenant: str, attempt: Callable[[], tuple[State, Sequence[Change]]]) -> State:
        with self._lock:
            for _ in range(ATTEMPTS_MAX):
                # First the place, then the state: a state that is newer finds the place taken.
                head = self._journal.head(tenant)
                after, changes = attempt()
                if self._journal.append(_chained(changes, head)):
                    return after
        raise Unavailable(f"others changed '{tenant}' {ATTEMPTS_MAX} times meanwhile")


def _chained(changes: Sequence[Change], head: AuditRecord | None) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for change in changes:
        head = audit.recorded(change, head)
        records.append(head)
    return records


def who(by: By) -> str:
    """How a record names whoever stops agents: where no keys are asked for, a local person."""
    return by.who if isinstance(by, Automaton) else by.key_id or LOCAL


def _may_stop(by: By, tenant: str) -> None:
    if isinstance(by, Automaton):
        raise PermissionDenied(f"only a person may do this, not {by.who}")
    by.require(Scope.GOVERN)
    if by.tenant not in (tenant, DEFAULT_TENANT):
        raise PermissionDenied("a key stops agents of its own tenant; those of 'default' stop all")


def _told(done: str, order: Order, before: KillSwitch | None, after: KillSwitch) -> Change:
    said = journal.switched(after)
    return Change(
        tenant=after.tenant,  # empty for one that stops all
        at=order.at,
        who=who(order.by),
        action=done,
        subject=after.switch_id,
        before=journal.switched(before) if before else None,
        after=said,
        why=order.why,
        state=said,
    )
