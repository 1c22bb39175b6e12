"""What a causal chain says: what led to an outcome, what else it reached, and how to undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EdgeKind(StrEnum):
    """Why one node is taken for a cause of another."""

    PARENT = "parent"
    INPUT = "input"  # what was read, to the decision or the act that rests on it
    DECISION = "decision"  # a decision, to the writes and effects that carry it out
    LINK = "link"
    MESSAGE = "message"
    HANDOFF = "handoff"
    READ_FROM = "read_from"
    OUTCOME = "outcome"
    READ_FROM_BY_TIME = "read_from_by_time"
    STALE_READ = "stale_read"
    OVERWRITE = "overwrite"
    POLICY = "policy"
    TEMPORAL = "temporal"


class LineKind(StrEnum):
    """How a line of a reversal plan is carried out."""

    COMPENSATE = "compensate"
    RESTORE = "restore"
    MITIGATE = "mitigate"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Node:
    """A span (`TRACE/SPAN`), an outcome (`outcome/ID`) or a version of a policy (`policy/ID@V`).

    kind: what it did: decision, write, read, tool, model, message, outcome, policy or span.
    title: in a few words, such as `read acct:77.plan_rate v7`.
    facts: what it read, wrote, decided and did, ready to be shown.
    """

    node_id: str
    kind: str
    at: datetime
    agent: str
    system: str
    title: str
    trace_id: str = ""
    span_id: str = ""
    case_id: str = ""
    finding_ids: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """From cause to effect; weight 0 to 1. Hard edges are known, soft ones are likely at most."""

    cause: str
    effect: str
    kind: EdgeKind
    weight: float
    hard: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """A ranked root cause: score = path x anomaly x early x counterfactual, each 0 to 1.

    path: node ids from the cause to the outcome; kind of cause in `reason`, one sentence.
    """

    node_id: str
    score: float
    path_weight: float
    anomaly: float
    early: float
    counterfactual: float
    path: tuple[str, ...]
    reason: str
    finding_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveWrite:
    """A write that still stands: the newest of its field, and nothing has taken it back."""

    node_id: str
    entity: str
    field: str
    version: str
    value: float | None
    system: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a bad node reached forward; money_at_risk: sum of |delta| of live effects, by unit."""

    node_ids: tuple[str, ...]
    agents: tuple[str, ...]
    systems: tuple[str, ...]
    live_writes: tuple[LiveWrite, ...]
    money_at_risk: Mapping[str, float]
    outcome_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReversalLine:
    """One thing to undo, in the order in which to do it, effects before causes.

    restore_*: the last state from outside of what is undone; empty or None where there was none.
    tool: what undoes it (`tools.yaml`), empty where nobody declared one.
    """

    kind: LineKind
    node_id: str
    entity: str
    field: str
    system: str
    current_version: str
    current_value: float | None
    restore_version: str
    restore_value: float | None
    tool: str
    reversible: bool
    needs_approval: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The answer about one outcome or span, `subject` being its node id.

    causes:    the likeliest first, few.
    cut:       why it is not whole (a budget of levels, spans or seconds), empty when it is.
    watermark: receipt time of the newest row that was there when it was built.
    """

    tenant: str
    subject: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    causes: tuple[Cause, ...]
    blast_radius: BlastRadius
    reversal_plan: tuple[ReversalLine, ...]
    cut: str = ""
    levels: int = 0
    watermark: datetime | None = None
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Budget:
    """Where a walk stops; path_weight_min: paths that are weaker are not followed."""

    levels_max: int = 40
    spans_max: int = 20_000
    seconds_max: float = 3.0
    path_weight_min: float = 0.05
