"""What agents did in business cases: rows of one tenant, and the port that gives them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from domain.chain_records import Access, Decision, Effect, Link, SpanRef
from domain.findings import Severity, Window

# Kinds of effects that bring a thing into opposite states.
OPPOSITES = frozenset({
    ("hold", "release"), ("delay", "expedite"), ("block", "unblock"), ("lock", "unlock"),
    ("freeze", "unfreeze"), ("suspend", "resume"), ("enable", "disable"), ("approve", "reject"),
    ("confirm", "cancel"), ("open", "close"), ("ship", "recall"), ("raise", "lower"),
    ("increase", "decrease"), ("grant", "revoke"), ("hold", "pay"), ("upgrade", "downgrade"),
    ("activate", "deactivate"), ("subscribe", "unsubscribe"),
})  # fmt: skip
# Beginnings of kinds that make good for something: twice is once too often.
MAKES_GOOD = (
    "refund", "credit", "compensat", "reimburs", "goodwill", "rebate", "voucher", "payout",
    "indemni", "write_off", "waive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intent:
    """What the run of `ref` is for: which way a metric should go (-1, 0, 1), how far at most."""

    ref: SpanRef
    at: datetime
    agent: str
    metric: str
    direction: int
    limit: float | None = None
    target: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handoff:
    """Work that went from one agent to another."""

    ref: SpanRef
    at: datetime
    giver: str
    taker: str
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that stands, of other signatures."""

    finding_id: str
    signature: str
    severity: Severity
    agents: tuple[str, ...]
    refs: tuple[SpanRef, ...]
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Acts:
    """All effects and intents of the cases of one tenant that received some in a window.

    hubs:  by type of entity, how many others one may be joined with; 0 = it joins nothing.
    lanes: those that this part of the lanes looks after (domain.findings.Window).
    """

    tenant: str
    effects: tuple[Effect, ...] = ()
    intents: tuple[Intent, ...] = ()
    hubs: Mapping[str, int] = field(default_factory=dict)
    lanes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dealings:
    """What some runs read, wrote, decided and told each other, and what was found in them.

    links: from spans of these runs or of what led to them; messages count as links.
    """

    accesses: tuple[Access, ...] = ()
    decisions: tuple[Decision, ...] = ()
    links: tuple[Link, ...] = ()
    handoffs: tuple[Handoff, ...] = ()
    findings: tuple[Found, ...] = ()


class CaseSource(Protocol):
    """Looks cases up. All calls may block and raise Unavailable."""

    def acts(self, window: Window) -> Iterable[Acts]:
        """One for each tenant of which cases received effects in `window`; a case is whole, or its
        newest effects. Left out are cases in whose runs nothing was declared that effects could go
        against, nothing was opened, and no kinds are opposite or make good twice. Effects without
        a case come with those of things that may be one with it."""
        ...

    def dealings(self, tenant: str, effects: Collection[Effect], until: datetime) -> Dealings:
        """Of the runs that had these effects, as far as they were received before `until`."""
        ...
