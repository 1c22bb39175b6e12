"""From what an outcome is about to the outcome."""

import re
from collections.abc import Iterable, Iterator

from analyzers.chains.history import History
from analyzers.chains.weights import (
    AMOUNT_TOLERANCE,
    OUTCOME_ENTITY,
    OUTCOME_NEGATED,
    OUTCOME_TOLD_IN,
    WEIGHTS,
)
from domain.chain_records import Access, Outcome, SpanRef
from domain.chains import Edge, EdgeKind

NAMED = WEIGHTS[EdgeKind.OUTCOME]
SPAN = re.compile(r"(?:span:)?([0-9a-f]{32})[-/]([0-9a-f]{16})")


def outcome_node(outcome_id: str) -> str:
    """The node of an outcome."""
    return f"outcome/{outcome_id}"


def span_of(reference: str) -> SpanRef | None:
    """The span that `span:TRACE-SPAN` or `TRACE/SPAN` means."""
    match = SPAN.fullmatch(reference)
    return SpanRef(match[1], match[2]) if match else None


def outcome_edges(history: History, outcome: Outcome) -> list[Edge]:
    """Edges into the outcome: the surest way in which its targets can be understood."""
    for understand in (_named, _negated, _of_entities, _told_in):
        found = [edge for edge in understand(history, outcome) if edge.cause != edge.effect]
        if found:
            return found
    return []


def _edge(cause: str, outcome: Outcome, weight: float, hard: bool) -> Edge:
    return Edge(cause, outcome_node(outcome.outcome_id), EdgeKind.OUTCOME, weight, hard)


def _named(history: History, outcome: Outcome) -> Iterator[Edge]:
    """Targets that are writes, reads, decisions or spans."""
    for target in outcome.target:
        for fact in history.by_data_id.get(target, ()):
            yield _edge(history.place(fact), outcome, NAMED, hard=True)
        for decision in history.by_decision_id.get(target, ()):
            yield _edge(history.place(decision), outcome, NAMED, hard=True)
        if (ref := span_of(target)) and ref in history.spans:
            for node in history.nodes_of(ref):
                yield _edge(node, outcome, NAMED, hard=True)


def _negated(history: History, outcome: Outcome) -> Iterator[Edge]:
    """Writes that those of the outcome's own span take back."""
    own = history.traces[outcome.ref.trace_id].accesses if outcome.ref.trace_id else []
    for undoing in own:
        if undoing.is_write:
            for written in _undone(history, undoing):
                weight = NAMED if undoing.compensates else OUTCOME_NEGATED
                yield _edge(history.place(written), outcome, weight, hard=True)


def _undone(history: History, undoing: Access) -> Iterable[Access]:
    """The writes that it says to take back, else the newest that it restores the value before."""
    if undoing.compensates:
        return history.by_data_id.get(undoing.compensates, ())
    restored = [
        write
        for write in history.data[undoing.datum]
        if write.is_write
        and (write.at, write.ref) < (undoing.at, undoing.ref)
        and _opposite(write, undoing)
    ]
    return sorted(restored, key=lambda write: (write.at, write.ref))[-1:]


def _opposite(write: Access, undoing: Access) -> bool:
    change, back = write.change, undoing.change
    return bool(change and back) and _equal(change or 0.0, -(back or 0.0))


def _equal(first: float, second: float) -> bool:
    return abs(first - second) <= AMOUNT_TOLERANCE


def _of_entities(history: History, outcome: Outcome) -> Iterator[Edge]:
    """Of the entities that it names, the writes of its amount; else the newest of each field."""
    amount = outcome.amount
    for entity in outcome.target:
        newest = []
        for datum in sorted(history.by_entity.get(entity, ())):
            writes = [
                access
                for access in history.data[datum]
                if access.is_write and access.at <= outcome.at and access.ref != outcome.ref
            ]
            newest.extend(sorted(writes, key=lambda write: (write.at, write.ref)))
        matching = [write for write in newest if amount and _amounts_to(history, write, amount)]
        if matching:
            last = max(matching, key=lambda write: (write.at, write.ref))
            yield _edge(history.place(last), outcome, OUTCOME_NEGATED, hard=True)
            continue
        latest = {write.datum: write for write in newest}
        for write in latest.values():
            yield _edge(history.place(write), outcome, OUTCOME_ENTITY, hard=False)


def _amounts_to(history: History, write: Access, amount: float) -> bool:
    """Whether the write, or an effect of its decision on the same entity, is of this amount."""
    if write.change is not None and _equal(abs(write.change), abs(amount)):
        return True
    return any(
        effect.delta is not None and _equal(abs(effect.delta), abs(amount))
        for effect in history.traces[write.ref.trace_id].effects
        if effect.entity == write.datum.entity
    )


def _told_in(history: History, outcome: Outcome) -> Iterator[Edge]:
    """The span that told of it, where it is about nothing that is known."""
    if outcome.ref.span_id and outcome.ref in history.spans:
        yield _edge(history.node_of(outcome.ref), outcome, OUTCOME_TOLD_IN, hard=False)
