"""What stops agents: kill switches, and what they did after being told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class KillScope(StrEnum):
    """What a switch stops, from the widest."""

    GLOBAL = "global"
    TENANT = "tenant"
    AGENT = "agent"
    CAPABILITY = "capability"  # a tool, of one agent or of all


@dataclass(frozen=True, slots=True)
class RecoveryStep:
    """From `after` the end of the stop, this share of cases may pass."""

    after: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class KillSwitch:
    """An order to stop, and how work is taken up again.

    tenant: empty with GLOBAL only; agent: with AGENT, or to narrow a CAPABILITY to one agent.
    until:  it ends by itself; None: only when somebody releases it.
    recovery: steps after its end, shares rising; without steps all passes at once.
    drill:  agents say how fast they would have stopped, and go on.
    """

    switch_id: str
    scope: KillScope
    reason: str
    ordered_by: str
    ordered_at: datetime
    tenant: str = ""
    agent: str = ""
    capability: str = ""
    until: datetime | None = None
    released_at: datetime | None = None
    released_by: str = ""
    recovery: tuple[RecoveryStep, ...] = ()
    drill: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """What is about to be done; key: of the case, so that it gets the same answer each time."""

    tenant: str
    agent: str
    capability: str
    key: str


@dataclass(frozen=True, slots=True)
class Heard:
    """When an agent first asked, or was told, after an order; None: not yet."""

    agent: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Pull:
    """A client of an agent, which is one of its processes, asked for the agent's document.

    switch_id: a switch that the document told of; empty when it is not about one.
    """

    tenant: str
    agent: str
    client: str
    at: datetime
    switch_id: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something that an agent did."""

    agent: str
    at: datetime
