"""The graph of causes: from rows to weighted edges, drawn again only where rows came."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from analyzers.chains.fields import Field, StaleRead, field_edges
from analyzers.chains.history import Changes, History
from analyzers.chains.outcomes import outcome_edges
from analyzers.chains.runs import trace_edges
from analyzers.chains.weights import TEMPORAL_DECAY, TEMPORAL_TOUCHES_MAX, WEIGHTS
from domain.chain_records import Access, Datum, Records
from domain.chains import Edge, EdgeKind


class Group(NamedTuple):
    """Edges that are drawn together: those into a trace, of a datum, or into an outcome."""

    of: str
    key: str | Datum


class Graph:
    """Nodes by id and the edges between them. The same rows give the same graph in any order.

    hub_types: entity types through which nothing is followed, such as `currency`.
    """

    def __init__(self, hub_types: Iterable[str] = ()) -> None:
        self.history = History()
        self.hub_types = frozenset(hub_types)
        self.fields: dict[Datum, Field] = {}
        self._drawn: dict[Group, list[Edge]] = {}
        self._into: dict[str, dict[tuple[Group, int], Edge]] = defaultdict(dict)
        self._out_of: dict[str, dict[tuple[Group, int], Edge]] = defaultdict(dict)

    def add(self, records: Records) -> list[Edge]:
        """Take rows in; the edges that were drawn for them."""
        changes = self.history.add(records)
        drawn: list[Edge] = []
        for datum in sorted(self._touched(changes)):
            drawn += self._draw(Group("datum", datum), self._field_edges(datum))
        for trace_id in sorted(changes.traces):
            drawn += self._draw(Group("trace", trace_id), trace_edges(self.history, trace_id))
        # What an outcome is about may come with any row, and there are few of them.
        for outcome_id, outcome in sorted(self.history.outcomes.items()):
            drawn += self._draw(Group("outcome", outcome_id), outcome_edges(self.history, outcome))
        return drawn

    def into(self, node: str) -> Iterable[Edge]:
        """Edges from causes of the node."""
        return self._into.get(node, {}).values()

    def out_of(self, node: str) -> Iterable[Edge]:
        """Edges to effects of the node."""
        return self._out_of.get(node, {}).values()

    def edges(self) -> Iterator[Edge]:
        """All of them; several may be between the same two nodes."""
        for drawn in self._drawn.values():
            yield from drawn

    def stale_reads(self) -> Iterator[StaleRead]:
        """All reads of what had been overwritten, by datum and time."""
        for _, field in sorted(self.fields.items()):
            yield from filter(None, map(field.stale, field.reads))

    def is_hub(self, entity: str) -> bool:
        """Whether the entity is of a type through which nothing is followed."""
        return entity.partition(":")[0] in self.hub_types

    def _touched(self, changes: Changes) -> set[Datum]:
        """What changed, and what holds it or is part of it."""
        touched = set(changes.data)
        for datum in changes.data:
            known = self.history.by_entity[datum.entity]
            whole = Datum(datum.entity, "")
            touched |= known if datum == whole else known & {whole}
        return touched

    def _field_edges(self, datum: Datum) -> list[Edge]:
        if self.is_hub(datum.entity):
            return []
        history = self.history
        whole = Datum(datum.entity, "")
        parts = history.by_entity[datum.entity] if datum == whole else {whole}
        around = [each for part in parts - {datum} for each in history.data.get(part, ())]
        self.fields[datum] = Field(history.data[datum], around)
        return list(field_edges(self.fields[datum], history.place))

    def _draw(self, group: Group, edges: list[Edge]) -> list[Edge]:
        """Replace the edges of the group."""
        for index, edge in enumerate(self._drawn.get(group, ())):
            del self._into[edge.effect][group, index]
            del self._out_of[edge.cause][group, index]
        kept = [edge for edge in edges if edge.cause != edge.effect]
        for index, edge in enumerate(kept):
            self._into[edge.effect][group, index] = edge
            self._out_of[edge.cause][group, index] = edge
        self._drawn[group] = kept
        return kept


def temporal_edges(graph: Graph, nodes: Collection[str]) -> Iterator[Edge]:
    """Between these nodes, where of different traces one comes after the other on an entity.

    weight: .15 x exp(-days between / 7) / log2(2 + touches of the entity). None on hubs.
    """
    history = graph.history
    for entity in sorted(_shared(graph, nodes)):
        touches: list[Access] = [
            access for datum in history.by_entity.get(entity, ()) for access in history.data[datum]
        ]
        if graph.is_hub(entity) or len(touches) > TEMPORAL_TOUCHES_MAX:
            continue
        scale = WEIGHTS[EdgeKind.TEMPORAL] / math.log2(2 + len(touches))
        touches.sort(key=lambda access: (access.at, access.ref, access.datum))
        for first, second in pairwise(touches):
            if first.ref.trace_id != second.ref.trace_id:
                weight = scale * math.exp(-((second.at - first.at) / TEMPORAL_DECAY))
                cause, effect = history.place(first), history.place(second)
                if cause in nodes and effect in nodes:
                    yield Edge(cause, effect, EdgeKind.TEMPORAL, weight, hard=False)


def _shared(graph: Graph, nodes: Collection[str]) -> set[str]:
    """Entities that several of the nodes read or wrote."""
    touched = Counter(
        entity
        for node in nodes
        for entity in {
            fact.datum.entity for fact in graph.history.facts_of(node) if isinstance(fact, Access)
        }
    )
    return {entity for entity, count in touched.items() if count > 1}
