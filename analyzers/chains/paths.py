"""The likeliest paths to a node, and what a node reaches."""

import heapq
from collections.abc import Collection, Iterable
from typing import NamedTuple

from analyzers.chains.graph import Graph
from domain.chains import Edge


class Reached(NamedTuple):
    """Of a node: the weight of its best path to the subject, and the first edge of that path."""

    weight: float
    edge: Edge | None


class Backward:
    """The best path of every node that leads to one of `starts`, as the graph grows.

    A path weighs the product of its edges, so this is Dijkstra's search on -log weight. Paths that
    are weaker than `weight_min` are not followed.
    """

    def __init__(self, graph: Graph, weight_min: float) -> None:
        self.best: dict[str, Reached] = {}
        self._graph = graph
        self._weight_min = weight_min
        self._open: list[tuple[float, str]] = []

    def start(self, nodes: Iterable[str]) -> None:
        """Paths end in these."""
        for node in nodes:
            if node not in self.best:
                self.best[node] = Reached(1.0, None)
                heapq.heappush(self._open, (-1.0, node))

    def offer(self, edges: Iterable[Edge]) -> None:
        """Edges that are new to the graph."""
        for edge in edges:
            if edge.effect in self.best:
                self._relax(edge, self.best[edge.effect].weight)

    def run(self) -> set[str]:
        """Follow what is open; the nodes that were reached or found a better path."""
        reached = set()
        while self._open:
            negative, node = heapq.heappop(self._open)
            if -negative < self.best[node].weight:
                continue
            reached.add(node)
            for edge in self._graph.into(node):
                self._relax(edge, -negative)
        return reached

    def _relax(self, edge: Edge, weight: float) -> None:
        weight *= edge.weight
        if weight < self._weight_min:
            return
        known = self.best.get(edge.cause)
        if known is None or weight > known.weight or self._first(edge, weight, known):
            self.best[edge.cause] = Reached(weight, edge)
            if known is None or weight > known.weight:
                heapq.heappush(self._open, (-weight, edge.cause))

    @staticmethod
    def _first(edge: Edge, weight: float, known: Reached) -> bool:
        """Of equally good paths always the same one, whatever came first."""
        return (
            weight == known.weight
            and known.edge is not None
            and (edge.effect, edge.kind) < (known.edge.effect, known.edge.kind)
        )

    def path(self, node: str) -> tuple[str, ...]:
        """From the node to where it ends."""
        path = [node]
        while (edge := self.best[path[-1]].edge) is not None:
            path.append(edge.effect)
        return tuple(path)


def forward(graph: Graph, starts: Iterable[str]) -> set[str]:
    """What the nodes lead to over hard edges, themselves included."""
    reached = set(starts)
    open_nodes = list(reached)
    while open_nodes:
        for edge in graph.out_of(open_nodes.pop()):
            if edge.hard and edge.effect not in reached:
                reached.add(edge.effect)
                open_nodes.append(edge.effect)
    return reached


def backward(graph: Graph, starts: Iterable[str], weight_min: float) -> Backward:
    """The search from these nodes, done."""
    search = Backward(graph, weight_min)
    search.start(starts)
    search.run()
    return search


def best_edges(graph: Graph, nodes: Collection[str]) -> list[Edge]:
    """Edges between these nodes: of several of a kind between two nodes the strongest."""
    best: dict[tuple[str, str, str], Edge] = {}
    for node in sorted(nodes):
        for edge in graph.into(node):
            key = (edge.cause, edge.effect, edge.kind)
            known = best.get(key)
            if edge.cause in nodes and (known is None or edge.weight > known.weight):
                best[key] = edge
    return [best[key] for key in sorted(best)]
