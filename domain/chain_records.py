"""What causal chains are built from: rows of the typed tables, as plain values."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.asked import EVER


class SpanRef(NamedTuple):
    """A span of a tenant; ids in hex."""

    trace_id: str
    span_id: str


class Datum(NamedTuple):
    """A field of an entity: `invoice:501`, `amount`."""

    entity: str
    field: str

    def __str__(self) -> str:
        return f"{self.entity}.{self.field}" if self.field else self.entity


@dataclass(frozen=True, slots=True)
class Step:
    """A span; kind: what it is, as `operation` of steps, `span` where that says nothing."""

    ref: SpanRef
    parent_span_id: str
    at: datetime
    agent: str
    service: str
    kind: str
    name: str
    case_id: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """A read or a write of a datum by the span `ref`; system: where the datum is kept.

    version:     empty where none is told; only equality and, of numbers, order count.
    value:       in the field's own unit; value_hash 0 = not known.
    compensates: data_id of the write that this one takes back.
    compensated_by: the tool that would take this one back.
    """

    ref: SpanRef
    at: datetime
    datum: Datum
    is_write: bool
    version: str = ""
    version_prev: str = ""
    as_of: datetime | None = None
    value_hash: int = 0
    value: float | None = None
    value_prev: float | None = None
    data_id: str = ""
    agent: str = ""
    system: str = ""
    tool: str = ""
    case_id: str = ""
    reversible: bool = False
    compensates: str = ""
    compensated_by: str = ""
    decision_id: str = ""
    origin: str = "explicit"

    @property
    def change(self) -> float | None:
        """By how much a write changed the value; None where that is not told."""
        if self.value is None or self.value_prev is None:
            return None
        return self.value - self.value_prev


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision made in the span `ref`; inputs: data_ids of reads that it names."""

    ref: SpanRef
    at: datetime
    decision_id: str
    action: str
    agent: str = ""
    inputs: tuple[str, ...] = ()
    amount: float | None = None
    policy_id: str = ""
    policy_version: str = ""
    case_id: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the span `ref` did to the business: delta, signed, in unit.

    opens, closes: names of obligations.
    """

    ref: SpanRef
    at: datetime
    entity: str
    kind: str
    metric: str
    delta: float | None
    unit: str = ""
    agent: str = ""
    case_id: str = ""
    decision_id: str = ""
    opens: str = ""
    closes: str = ""
    origin: str = "explicit"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of `target`: data_ids of writes, references to spans, or entities.

    polarity: -1 bad, 0, 1 good; amount in the unit of the target.
    """

    outcome_id: str
    ref: SpanRef
    at: datetime
    type: str
    polarity: int
    target: tuple[str, ...]
    amount: float | None = None
    agent: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`effect` happened because of `cause`; kind: link, message or handoff."""

    cause: SpanRef
    effect: SpanRef
    kind: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A finding that names the span `ref` in a `role`; weight: severity x confidence, 0 to 1."""

    ref: SpanRef
    finding_id: str
    signature: str
    role: str
    weight: float
    reason: str


@dataclass(slots=True)
class Records:
    """Everything gathered so far. Rows may come more than once and in any order.

    received, revision (ns): of the newest row: when it came, and when it was stored.
    """

    steps: list[Step] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    anomalies: list[Anomaly] = field(default_factory=list)
    received: datetime = field(default=EVER, compare=False)
    revision: int = field(default=0, compare=False)

    def add(self, other: "Records") -> None:
        """Take in what another query gave."""
        for name in LISTS:
            getattr(self, name).extend(getattr(other, name))
        self.received = max(self.received, other.received)
        self.revision = max(self.revision, other.revision)


LISTS = ("steps", "accesses", "decisions", "effects", "outcomes", "links", "anomalies")


class ChainSource(Protocol):
    """Batched look-ups, all of one tenant and each bounded in rows; they may block.

    All raise Unavailable, and TooLarge when the bound on rows is met.
    """

    def outcome(self, tenant: str, outcome_id: str) -> Records:
        """The outcome, or nothing."""
        ...

    def reach(self, tenant: str, trace_ids: Collection[str]) -> frozenset[str]:
        """These traces, those that wrote what they read, and so on: a guess, bounded in number."""
        ...

    def acts_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """Accesses and decisions of whole traces: what says where else to look."""
        ...

    def spans_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """Steps and effects of whole traces."""
        ...

    def said_of(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """Outcomes that were recorded in these traces, and anomalies that name spans of them."""
        ...

    def of_data(
        self, tenant: str, data: Collection[Datum], since: datetime, until: datetime
    ) -> Records:
        """Accesses to these data with a time in [since, until).

        A datum without a field asks for every field of its entity.
        """
        ...

    def named(self, tenant: str, data_ids: Collection[str]) -> Records:
        """The writes that have these ids, and what takes them back."""
        ...

    def links(self, tenant: str, trace_ids: Collection[str], *, forward: bool) -> Records:
        """Links out of these traces, or into them."""
        ...

    def links_around(self, tenant: str, trace_ids: Collection[str]) -> Records:
        """Links out of these traces and into them."""
        ...

    def decisions_under(self, tenant: str, policy_ids: Collection[str]) -> Records:
        """Of each version of these policies the first decision that was made under it."""
        ...

    def outcomes_of(self, tenant: str, targets: Iterable[str]) -> Records:
        """Outcomes whose target is one of these."""
        ...
