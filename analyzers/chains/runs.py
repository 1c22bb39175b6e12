"""What flows inside one trace: spans start spans, reads become decisions, decisions become acts."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from analyzers.chains.history import Fact, History, Trace
from analyzers.chains.weights import CLOCK_MARGIN, INPUT_LIKELY, WEIGHTS
from domain.chain_records import Access, Datum, Decision, Effect, SpanRef, Step
from domain.chains import Edge, EdgeKind

SCOPES_MAX = 32  # spans above a read in which its use is looked for
USES_MAX = 32  # of one read
TURNS_MAX = 256  # that are looked at for one read, in one scope
DECIDING = frozenset({"decide", "run_guardrail", "approve", "evaluate"})
ROOT = ""


def trace_edges(history: History, trace_id: str) -> list[Edge]:
    """All edges into the nodes of the trace, but for those by data."""
    trace = history.traces[trace_id]
    if len(trace.accesses) == 1 and not (trace.steps or trace.decisions or trace.links_in):
        return []  # what others asked for by its datum
    flows = [
        *_links(history, trace),
        *_named_inputs(history, trace),
        *_named_decisions(history, trace),
        *_unnamed(history, trace),
        *_policies(history, trace),
    ]
    flows = [edge for edge in flows if edge.cause != edge.effect]
    return [*flows, *_parents(history, trace_id, flows), *_parts(history, trace)]


def _edge(cause: str, effect: str, kind: EdgeKind) -> Edge:
    return Edge(cause, effect, kind, WEIGHTS[kind], hard=kind is not EdgeKind.POLICY)


def _links(history: History, trace: Trace) -> Iterator[Edge]:
    for link in trace.links_in:
        effect = history.node_of(link.effect)
        for cause in _senders(history, link.cause, trace.steps.get(link.effect.span_id)):
            yield _edge(cause, effect, EdgeKind(link.kind))


def _senders(history: History, sender: SpanRef, effect: Step | None) -> list[str]:
    """The decision after which the sender told it; all of its span where that is not known."""
    decisions = [
        decision
        for decision in history.traces[sender.trace_id].decisions
        if decision.ref == sender and "#" in history.place(decision)
    ]
    if not decisions or effect is None:
        return sorted({history.node_of(sender), *map(history.place, decisions)})
    of_case = [each for each in decisions if effect.case_id and each.case_id == effect.case_id]
    before = [each for each in decisions if each.at <= effect.at + CLOCK_MARGIN]
    chosen = of_case or sorted(before, key=lambda each: (each.at, each.decision_id))[-1:]
    return sorted({history.node_of(sender), *map(history.place, chosen)})


def _named_inputs(history: History, trace: Trace) -> Iterator[Edge]:
    for decision in trace.decisions:
        effect = history.place(decision)
        for data_id in decision.inputs:
            for read in history.by_data_id.get(data_id, ()):
                yield _edge(history.place(read), effect, EdgeKind.INPUT)


def _named_decisions(history: History, trace: Trace) -> Iterator[Edge]:
    acts: list[Access | Effect] = [*trace.accesses, *trace.effects]
    for act in acts:
        for decision in history.by_decision_id.get(act.decision_id, ()):
            yield _edge(history.place(decision), history.place(act), EdgeKind.DECISION)


def _policies(history: History, trace: Trace) -> Iterator[Edge]:
    for decision in trace.decisions:
        if decision.policy_id:
            yield _edge(policy_node(decision), history.place(decision), EdgeKind.POLICY)


def policy_node(decision: Decision) -> str:
    """The node of the version of the policy that the decision was made under."""
    return f"policy/{decision.policy_id}@{decision.policy_version}"


def _parts(history: History, trace: Trace) -> Iterator[Edge]:
    """From a span to each decision in it that is a node of its own."""
    for decision in trace.decisions:
        place, whole = history.place(decision), history.node_of(decision.ref)
        if place != whole:
            yield _edge(whole, place, EdgeKind.PARENT)


def _parents(history: History, trace_id: str, flows: list[Edge]) -> Iterator[Edge]:
    """From spans to the spans that they started.

    Not where data went the other way. Soft where the parent took in data of its own trace only
    after it had started the child: what it took in then cannot be in the child.
    """
    steps = history.traces[trace_id].steps
    flowing = {(edge.cause, edge.effect) for edge in flows}
    taken_in = _taken_in(history, trace_id, flows)
    for step in steps.values():
        if step.parent_span_id not in steps or step.parent_span_id == step.ref.span_id:
            continue
        parent = f"{trace_id}/{step.parent_span_id}"
        child = history.node_of(step.ref)
        if (child, parent) not in flowing:
            late = taken_in.get(parent)
            hard = late is None or step.at >= late
            yield Edge(parent, child, EdgeKind.PARENT, WEIGHTS[EdgeKind.PARENT], hard)


def _taken_in(history: History, trace_id: str, flows: list[Edge]) -> dict[str, datetime]:
    """Of each node that takes in data of its own trace: when it first acts on it."""
    prefix = f"{trace_id}/"
    inner = {edge.effect for edge in flows if edge.cause.startswith(prefix)}
    first: dict[str, datetime] = {}
    trace = history.traces[trace_id]
    facts: list[Fact] = [*trace.decisions, *trace.accesses, *trace.effects]
    for fact in facts:
        node = history.node_of(fact.ref)
        if node in inner and not (isinstance(fact, Access) and not fact.is_write):
            first[node] = min(fact.at, first.get(node, fact.at))
    return first


@dataclass(frozen=True, slots=True)
class _Source:
    """A read or a decision of which nobody says what came of it."""

    fact: Access | Decision
    node: str
    superseded: datetime | None  # when the same datum was read again


@dataclass(frozen=True, slots=True)
class _Use:
    """A decision or an act of which nobody says what it rests on.

    after: an act that names its decision takes only what was read since then.
    """

    fact: Fact
    node: str
    after: datetime | None


@dataclass(frozen=True, slots=True)
class _Turn:
    """When a use has its turn in a scope; head: the span in the scope that it is in or below."""

    at: datetime
    head: str
    service: str
    use: _Use

    @property
    def order(self) -> tuple[datetime, str, str]:
        return self.at, self.use.node, type(self.use.fact).__name__


def _unnamed(history: History, trace: Trace) -> Iterator[Edge]:
    uses = list(_uses(history, trace))
    sources = list(_sources(history, trace)) if uses else []
    if sources:
        yield from _Scopes(trace, sources, uses).edges()


def _sources(history: History, trace: Trace) -> Iterator[_Source]:
    reads = [
        access
        for access in trace.accesses
        if not access.is_write and not history.named_in.get(access.data_id)
    ]
    again: dict[Datum, list[datetime]] = defaultdict(list)
    for read in reads:
        again[read.datum].append(read.at)
    for times in again.values():
        times.sort()
    for read in reads:
        times = again[read.datum]
        index = bisect_right(times, read.at)
        superseded = times[index] if index < len(times) else None
        yield _Source(read, history.place(read), superseded)
    for decision in trace.decisions:
        if not history.named_in.get(decision.decision_id):
            yield _Source(decision, history.place(decision), None)


def _uses(history: History, trace: Trace) -> Iterator[_Use]:
    for decision in trace.decisions:
        if not any(history.by_data_id.get(data_id) for data_id in decision.inputs):
            yield _Use(decision, history.place(decision), None)
    writes = [access for access in trace.accesses if access.is_write]
    acts: list[Access | Effect] = [*writes, *trace.effects]
    for act in acts:
        decisions = history.by_decision_id.get(act.decision_id, ())
        after = max((decision.at for decision in decisions), default=None)
        yield _Use(act, history.place(act), after)


class _Scopes:
    """Who comes after whom, scope by scope: a scope is a span with all that is below it.

    Within a scope, spans that lie directly in it are compared by their start, for these have mostly
    one clock; what is deeper counts by the span in the scope that it is below.
    """

    def __init__(self, trace: Trace, sources: list[_Source], uses: list[_Use]) -> None:
        self._steps = trace.steps
        self._sources = sources
        self._last_start: dict[str, datetime] = {}
        for step in trace.steps.values():
            latest = self._last_start.get(step.parent_span_id, step.at)
            self._last_start[step.parent_span_id] = max(latest, step.at)
        self._turns: dict[str, list[_Turn]] = defaultdict(list)
        self._read_at: dict[str, list[datetime]] = defaultdict(list)
        for use in uses:
            for scope, head in self._above(use.fact.ref.span_id):
                self._turns[scope].append(self._turn(scope, head, use))
        for source in sources:
            for scope, head in self._above(source.fact.ref.span_id):
                self._read_at[scope].append(self._start(head, source.fact))
        for turns in self._turns.values():
            turns.sort(key=lambda turn: turn.order)
        for times in self._read_at.values():
            times.sort()

    def edges(self) -> Iterator[Edge]:
        for source in self._sources:
            yield from self._edges_of(source)

    def _edges_of(self, source: _Source) -> Iterator[Edge]:
        """To what comes later: in the narrowest scope for sure, in wider ones likely."""
        found = 0
        nearest = True
        for scope, head in self._above(source.fact.ref.span_id):
            for turn, sure in self._later(scope, head, source, USES_MAX - found):
                found += 1
                kind = EdgeKind.INPUT if isinstance(source.fact, Access) else EdgeKind.DECISION
                hard = nearest and sure
                weight = WEIGHTS[kind] if hard else INPUT_LIKELY
                yield Edge(source.node, turn.use.node, kind, weight, hard)
            nearest = nearest and not found
            if found >= USES_MAX:
                break

    def _later(
        self, scope: str, head: str, source: _Source, most: int
    ) -> Iterator[tuple[_Turn, bool]]:
        """At most so many turns after the source; sure: of its case, or before the next read."""
        turns = self._turns.get(scope, [])
        start = self._start(head, source.fact)
        first = bisect_left(turns, start - CLOCK_MARGIN, key=lambda turn: turn.at)
        run = None
        for turn in turns[first : first + TURNS_MAX]:
            if most <= 0:
                break
            if (head and turn.head == head) or not self._follows(turn, start, head, source):
                continue
            reads_before = bisect_right(self._read_at[scope], turn.at)
            run = reads_before if run is None else run
            most -= 1
            yield turn, reads_before == run or _case(source, turn) is True

    def _follows(self, turn: _Turn, start: datetime, head: str, source: _Source) -> bool:
        """Whether the turn may rest on the source."""
        fact, use = source.fact, turn.use
        one_clock = turn.service == self._service(head or fact.ref.span_id)
        if turn.at < start and one_clock:
            return False
        if use.after is not None and fact.at <= use.after:
            return False
        if source.superseded is not None and use.fact.at >= source.superseded:
            return False
        if isinstance(fact, Decision) and isinstance(use.fact, Decision):
            return False
        return _case(source, turn) is not False and not _own(fact, use.fact)

    def _above(self, span_id: str) -> Iterator[tuple[str, str]]:
        """The span and those above it, each with the one below it on the way; at last the root."""
        head = ""
        for _ in range(SCOPES_MAX):
            yield span_id, head
            step = self._steps.get(span_id)
            if step is None or step.parent_span_id not in self._steps:
                break
            span_id, head = step.parent_span_id, span_id
        yield ROOT, span_id

    def _turn(self, scope: str, head: str, use: _Use) -> _Turn:
        return _Turn(
            self._start(head, use.fact) if head else self._told(scope, use.fact),
            head,
            self._service(head or scope),
            use,
        )

    def _start(self, head: str, fact: Fact) -> datetime:
        step = self._steps.get(head)
        return step.at if step else fact.at

    def _told(self, scope: str, fact: Fact) -> datetime:
        """A span that is a decision takes to its end to be made, though it is told at its start."""
        step = self._steps.get(scope)
        if step and isinstance(fact, Decision) and step.kind in DECIDING:
            return max(self._last_start.get(scope, fact.at), fact.at)
        return fact.at

    def _service(self, span_id: str) -> str:
        step = self._steps.get(span_id)
        return step.service if step else ""


def _case(source: _Source, turn: _Turn) -> bool | None:
    """Whether both are of one case; None where one of them does not tell."""
    mine, other = source.fact.case_id, turn.use.fact.case_id
    return mine == other if mine and other else None


def _own(fact: Access | Decision, act: Fact) -> bool:
    """Whether the read saw what the act itself wrote."""
    return (
        isinstance(fact, Access)
        and isinstance(act, Access)
        and fact.datum == act.datum
        and (fact.version == act.version if fact.version else act.at <= fact.at)
    )
