"""Records under the keys by which edges look for them, each row once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
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
    outcome_ids: set[str] = field(default_factory=set)


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
        self.taken_back: dict[str, list[Access]] = defaultdict(list)
        self.spans: set[SpanRef] = set()
        self.policies: dict[str, dict[Decision, None]] = defaultdict(dict)
        # Who names an id, so that what the id names can come later.
        self.named_in: dict[str, set[str]] = defaultdict(set)
        self.decisions_on: dict[SpanRef, set[str]] = defaultdict(set)
        self._links_out: dict[str, set[str]] = defaultdict(set)
        self._seen: set[object] = set()

    def add(self, records: Records) -> Changes:
        """Take rows in; says what they bear on."""
        changes = Changes()
        for step in self._new(records.steps):
            steps = self.traces[step.ref.trace_id].steps
            steps[step.ref.span_id] = _later(step, steps.get(step.ref.span_id))
            self._mark(changes, step.ref)
        for access in self._new(records.accesses):
            self._add_access(access, changes)
        for decision in self._new(records.decisions):
            self._add_decision(decision, changes)
        for effect in self._new(records.effects):
            self.traces[effect.ref.trace_id].effects.append(effect)
            self._name(effect.decision_id, effect.ref)
            self._mark(changes, effect.ref)
        for outcome in self._new(records.outcomes):
            self._add_outcome(outcome, changes)
        for link in self._new(records.links):
            self.traces[link.effect.trace_id].links_in.append(link)
            self._links_out[link.cause.trace_id].add(link.effect.trace_id)
            changes.traces.add(link.effect.trace_id)
        for anomaly in self._new(records.anomalies):
            self.anomalies[anomaly.ref].append(anomaly)
        for trace_id in list(changes.traces):
            changes.traces |= self._links_out.get(trace_id, set())
        return changes

    def _new(self, rows: Iterable[Row]) -> Iterable[Row]:
        for row in rows:
            if row not in self._seen:
                self._seen.add(row)
                yield row

    def _mark(self, changes: Changes, ref: SpanRef) -> None:
        self.spans.add(ref)
        changes.traces.add(ref.trace_id)

    def _name(self, named_id: str, ref: SpanRef) -> None:
        if named_id:
            self.named_in[named_id].add(ref.trace_id)

    def _add_access(self, access: Access, changes: Changes) -> None:
        self.traces[access.ref.trace_id].accesses.append(access)
        self.data[access.datum].append(access)
        self.by_entity[access.datum.entity].add(access.datum)
        if access.data_id:
            self.by_data_id[access.data_id].append(access)
            changes.traces |= self.named_in.get(access.data_id, set())
        if access.compensates:
            self.taken_back[access.compensates].append(access)
        self._name(access.decision_id, access.ref)
        self._mark(changes, access.ref)
        changes.data.add(access.datum)

    def _add_decision(self, decision: Decision, changes: Changes) -> None:
        self.traces[decision.ref.trace_id].decisions.append(decision)
        if decision.decision_id:
            self.by_decision_id[decision.decision_id].append(decision)
            self.decisions_on[decision.ref].add(decision.decision_id)
            beside = self.traces[decision.ref.trace_id].accesses
            changes.data |= {access.datum for access in beside if access.ref == decision.ref}
            changes.traces |= self.named_in.get(decision.decision_id, set())
        if decision.policy_id:
            self.policies[decision.policy_id][decision] = None
        for data_id in decision.inputs:
            self._name(data_id, decision.ref)
            for read in self.by_data_id.get(data_id, ()):
                changes.traces.add(read.ref.trace_id)
                changes.data.add(read.datum)
        self._mark(changes, decision.ref)

    def _add_outcome(self, outcome: Outcome, changes: Changes) -> None:
        known = self.outcomes.get(outcome.outcome_id)
        self.outcomes[outcome.outcome_id] = _later(outcome, known)
        if outcome.ref.trace_id:
            self.traces[outcome.ref.trace_id].outcomes.append(outcome)
        changes.outcome_ids.add(outcome.outcome_id)

    def node_of(self, ref: SpanRef) -> str:
        """The node of the span itself."""
        return f"{ref.trace_id}/{ref.span_id}"

    def place(self, fact: Access | Decision | Effect) -> str:
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

    def _naming(self, fact: Access | Decision | Effect, made: Collection[str]) -> str:
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


Kept = TypeVar("Kept", Step, Outcome)


def _later(new: Kept, known: Kept | None) -> Kept:
    """Of two rows that say different things about one, always the same, whichever came first."""
    return new if known is None else max(known, new, key=lambda row: (row.at, repr(row)))
