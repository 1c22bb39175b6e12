"""Records under the keys by which edges look for them, each row once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from domain.chain_records import (
    Access,
    Anomaly,
    Datum,
    Decision,
    Effect,
    Link,
    Outcome,
    Records,
    SpanRef,
    Step,
)

Row = TypeVar("Row")
Fact = Access | Decision | Effect


@dataclass(slots=True)
class Trace:
    """What is known of one trace. Without its steps, only what others asked for by datum."""

    steps: dict[str, Step] = field(default_factory=dict)
    accesses: list[Access] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    links_in: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Changes:
    """What new rows bear on; its edges are to be drawn again."""

    traces: set[str] = field(default_factory=set)
    data: set[Datum] = field(default_factory=set)


class History:
    """All rows so far; a repeated row is the same row."""

    def __init__(self) -> None:
        self.traces: dict[str, Trace] = defaultdict(Trace)
        self.data: dict[Datum, list[Access]] = defaultdict(list)
        self.by_data_id: dict[str, list[Access]] = defaultdict(list)
        self.by_decision_id: dict[str, list[Decision]] = defaultdict(list)
        self.outcomes: dict[str, Outcome] = {}
        self.by_entity: dict[str, set[Datum]] = defaultdict(set)
        self.anomalies: dict[SpanRef, list[Anomaly]] = defaultdict(list)
        self.effects_on: dict[tuple[str, str], list[Effect]] = defaultdict(list)
        self.taken_back: dict[str, list[Access]] = defaultdict(list)
        self.spans: set[SpanRef] = set()
        self.policies: dict[str, dict[Decision, None]] = defaultdict(dict)
        # Who names an id, so that what the id names can come later.
        self.named_in: dict[str, set[str]] = defaultdict(set)
        self.facts_on: dict[SpanRef, list[Fact]] = defaultdict(list)
        self.decisions_on: dict[SpanRef, set[str]] = defaultdict(set)
        self._links_out: dict[str, set[str]] = defaultdict(set)
        self._seen: set[object] = set()
        # Until the next rows come: of each node some ten questions are asked.
        self._facts_of: dict[str, list[Fact]] = {}

    def add(self, records: Records) -> Changes:
        """Take rows in; says what they bear on."""
        changes = Changes()
        self._facts_of.clear()
        self._add_steps(records.steps, changes)
        for access in self._new(records.accesses):
            self._add_access(access, changes)
        for decision in self._new(records.decisions):
            self._add_decision(decision, changes)
        for effect in self._new(records.effects):
            self.traces[effect.ref.trace_id].effects.append(effect)
            self.effects_on[effect.entity, effect.metric].append(effect)
            self._carries_out(effect, changes)
            self._mark(changes, effect.ref, effect)
        for outcome in self._new(records.outcomes):
            self._add_outcome(outcome)
        for anomaly in self._new(records.anomalies):
            self.anomalies[anomaly.ref].append(anomaly)
        self._add_links(records.links, changes)
        return changes

    def _add_steps(self, new: Iterable[Step], changes: Changes) -> None:
        for step in self._new(new):
            steps = self.traces[step.ref.trace_id].steps
            steps[step.ref.span_id] = _later(step, steps.get(step.ref.span_id))
            self._mark(changes, step.ref)

    def _add_links(self, new: Iterable[Link], changes: Changes) -> None:
        for link in self._new(new):
            self.traces[link.effect.trace_id].links_in.append(link)
            self._links_out[link.cause.trace_id].add(link.effect.trace_id)
            changes.traces.add(link.effect.trace_id)
        for trace_id in list(changes.traces):
            changes.traces |= self._links_out.get(trace_id, set())

    def _new(self, rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            if row not in self._seen:
                self._seen.add(row)
                yield row

    def _mark(self, changes: Changes, ref: SpanRef, fact: Fact | None = None) -> None:
        self.spans.add(ref)
        changes.traces.add(ref.trace_id)
        if fact is not None:
            self.facts_on[ref].append(fact)

    def _carries_out(self, act: Access | Effect, changes: Changes) -> None:
        """The act names its decision, of whose trace it then is known what came of it."""
        if act.decision_id:
            self.named_in[act.decision_id].add(act.ref.trace_id)
            for decision in self.by_decision_id.get(act.decision_id, ()):
                changes.traces.add(decision.ref.trace_id)

    def _add_access(self, access: Access, changes: Changes) -> None:
        self.traces[access.ref.trace_id].accesses.append(access)
        self.data[access.datum].append(access)
        self.by_entity[access.datum.entity].add(access.datum)
        if access.data_id:
            self.by_data_id[access.data_id].append(access)
            changes.traces |= self.named_in.get(access.data_id, set())
        if access.compensates:
            self.taken_back[access.compensates].append(access)
        self._carries_out(access, changes)
        self._mark(changes, access.ref, access)
        changes.data.add(access.datum)

    def _add_decision(self, decision: Decision, changes: Changes) -> None:
        self.traces[decision.ref.trace_id].decisions.append(decision)
        if decision.decision_id:
            self.by_decision_id[decision.decision_id].append(decision)
            self._divide(decision, changes)
        if decision.policy_id:
            self.policies[decision.policy_id][decision] = None
        for data_id in filter(None, decision.inputs):
            self.named_in[data_id].add(decision.ref.trace_id)
            for read in self.by_data_id.get(data_id, ()):
                changes.traces.add(read.ref.trace_id)
                changes.data.add(read.datum)
        self._mark(changes, decision.ref, decision)

    def _divide(self, decision: Decision, changes: Changes) -> None:
        """A further decision on a span may give what is there another place."""
        made = self.decisions_on[decision.ref]
        made.add(decision.decision_id)
        for decision_id in made:
            changes.traces |= self.named_in.get(decision_id, set())
        for access in self.traces[decision.ref.trace_id].accesses:
            if access.ref == decision.ref:
                changes.data.add(access.datum)
                changes.traces |= self.named_in.get(access.data_id, set())

    def _add_outcome(self, outcome: Outcome) -> None:
        known = self.outcomes.get(outcome.outcome_id)
        self.outcomes[outcome.outcome_id] = _later(outcome, known)
        if outcome.ref.trace_id:
            self.traces[outcome.ref.trace_id].outcomes.append(outcome)

    def node_of(self, ref: SpanRef) -> str:
        """The node of the span itself."""
        return f"{ref.trace_id}/{ref.span_id}"

    def nodes_of(self, ref: SpanRef) -> list[str]:
        """The node of the span, and those of its decisions where they stand for themselves."""
        made = self.decisions_on.get(ref, ())
        node = self.node_of(ref)
        return [node, *(f"{node}#{one}" for one in sorted(made) if len(made) > 1)]

    def step_of(self, node: str) -> Step | None:
        """The span of the node, where it is known."""
        ref = span_of_node(node)
        trace = self.traces.get(ref.trace_id)
        return trace.steps.get(ref.span_id) if trace else None

    def facts_of(self, node: str) -> list[Fact]:
        """What was read, written, decided and done in the node, in order of time."""
        known = self._facts_of.get(node)
        if known is None:
            known = self._facts_of[node] = self._in_order(node)
        return known

    def _in_order(self, node: str) -> list[Fact]:
        ref = span_of_node(node)
        here = self.facts_on.get(ref, [])
        if len(self.decisions_on.get(ref, ())) > 1:
            here = [fact for fact in here if self.place(fact) == node]
        if len(here) < 2:
            return here
        keys = {(fact.at, type(fact).__name__) for fact in here}
        if len(keys) == len(here):
            return sorted(here, key=lambda fact: (fact.at, type(fact).__name__))
        # Told at one moment: in an order that does not depend on which came first.
        return sorted(here, key=lambda fact: (fact.at, type(fact).__name__, repr(fact)))

    def place(self, fact: Fact) -> str:
        """The node that the fact belongs to: its span's, or its decision's.

        A span in which several decisions were made, such as an agent that works through a batch, is
        a node for each of them besides, so that one item of work does not stain the others.
        """
        made = self.decisions_on.get(fact.ref, ())
        node = f"{fact.ref.trace_id}/{fact.ref.span_id}"
        if len(made) < 2:
            return node
        decision_id = fact.decision_id or self._naming(fact, made)
        return f"{node}#{decision_id}" if decision_id in made else node

    def _naming(self, fact: Fact, made: Collection[str]) -> str:
        """The decision on the fact's span that alone names it as an input."""
        data_id = fact.data_id if isinstance(fact, Access) else ""
        if not data_id:
            return ""
        naming = {
            decision.decision_id
            for decision_id in made
            for decision in self.by_decision_id[decision_id]
            if data_id in decision.inputs
        }
        return naming.pop() if len(naming) == 1 else ""


@lru_cache(maxsize=32_768)
def span_of_node(node: str) -> SpanRef:
    """The span of a node; an empty one for outcomes and policies."""
    if is_span(node):
        trace_id, _, span_id = node.partition("#")[0].partition("/")
        return SpanRef(trace_id, span_id)
    return SpanRef("", "")


def is_span(node: str) -> bool:
    """Whether the node is a span, or a decision in one."""
    return not node.startswith(("outcome/", "policy/"))


Kept = TypeVar("Kept", Step, Outcome)


def _later(new: Kept, known: Kept | None) -> Kept:
    """Of two rows that say different things about one, always the same, whichever came first."""
    return new if known is None else max(known, new, key=lambda row: (row.at, repr(row)))
