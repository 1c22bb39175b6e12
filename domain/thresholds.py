"""The limits that an agent acts under, as it pulls them."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


class Stage(IntEnum):
    """How much of what the limits allow an agent does by itself; a drop is always allowed."""

    SHADOW = 0  # people decide all; what the agent would have done is recorded
    CANARY = 1
    HALF = 2
    FULL = 3

    @property
    def share(self) -> float:
        """Share of allowed cases that proceed by themselves."""
        return (0.0, 0.1, 0.5, 1.0)[self]


class Oversight(StrEnum):
    """Where the person stands, from the strictest."""

    IN_CONTROL = "in_control"  # the person acts, the agent only suggests
    IN_THE_LOOP = "in_the_loop"  # the agent acts after a person said yes, each time
    ON_THE_LOOP = "on_the_loop"  # the agent acts, a person watches and may stop it

    @property
    def freedom(self) -> int:
        """0 for the strictest."""
        return list(Oversight).index(self)


class Answer(StrEnum):
    """What an agent is told about one decision."""

    PROCEED = "proceed"
    ESCALATE = "escalate"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Limits:
    """An agent may act alone at this confidence or more, up to this amount.

    confidence: 0 to 1; None escalates everything.
    amount:     in dollars, 0 or more; None leaves amounts without limit.
    """

    confidence: float | None = None
    amount: float | None = None

    def allow(self, confidence: float | None, amount: float | None) -> bool:
        """Whether a case lies within; one that does not say what is asked for does not."""
        if self.confidence is None or confidence is None or not confidence >= self.confidence:
            return False
        return self.amount is None or (amount is not None and amount <= self.amount)


ESCALATE_ALL = Limits(None, 0.0)


@dataclass(frozen=True, slots=True)
class Basis:
    """What limits rest on: at most `alpha` harm, wrong with a chance of `delta` at most."""

    alpha: float = 0.0
    delta: float = 0.0
    labels: int = 0
    harms: int = 0
    log_e: float = 0.0
    evidence_from: str = ""  # ISO date; empty when a person set the limits without evidence


@dataclass(frozen=True, slots=True)
class Threshold:
    """What one version of an agent may do with one action; agent_version "" speaks of any."""

    action: str
    limits: Limits = ESCALATE_ALL
    stage: Stage = Stage.SHADOW
    oversight: Oversight = Oversight.IN_CONTROL
    agent_version: str = ""
    canary_salt: str = ""
    basis: Basis = Basis()


@dataclass(frozen=True, slots=True)
class Stop:
    """A kill switch as the agents see it; an empty agent or capability speaks of all.

    share: of cases that may pass nevertheless while work is taken up again, 0 while it is stopped.
    """

    switch_id: str
    reason: str
    agent: str = ""
    capability: str = ""
    share: float = 0.0
    drill: bool = False


@dataclass(frozen=True, slots=True)
class ThresholdDocument:
    """All limits and stops of an agent. After `expires_at` it says nothing: escalate.

    version:    of the limits: a whole number that only grows.
    revision:   grows with every change of limits or stops that it rests on.
    audit_head: hash of the audit record that its limits rest on.
    """

    tenant: str
    agent: str
    version: int
    issued_at: datetime
    expires_at: datetime
    thresholds: tuple[Threshold, ...]
    stops: tuple[Stop, ...] = ()
    frozen: bool = False
    audit_head: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document as bytes (canonical JSON), the key that signed them, and the signature."""

    body: bytes
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Issued:
    """A signed document as it is handed out.

    etag:  in quotes, of its bytes: equal bytes, equal tags, in every process.
    stops: ids of the switches that it tells of.
    """

    signed: SignedDocument
    etag: str
    stops: tuple[str, ...]
