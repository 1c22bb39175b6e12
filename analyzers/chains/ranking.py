"""Which node is the likeliest root cause?

score = path x anomaly x early x counterfactual, each 0 to 1:

path           product of the weights of the edges on the best path to the outcome.
anomaly        the gravest suspicion on the node, at least ANOMALY_FLOOR.
early          1 for the earliest anomalous node on a path, and for a write that nothing led to;
               EARLY_OTHERS for what comes after an anomalous node and for all else. The first
               failure that is seen in a run is its root cause in 60 to 93 % of the runs annotated
               for AgentRx (2026).
counterfactual 1 when the right value would have changed the outcome by its amount: in full, in
               proportion, or because what it led to changed by that; .2 when it would have changed
               nothing, or another wrong value explains the amount wholly; .6 unknown.
"""

from heapq import nsmallest
from typing import NamedTuple

from analyzers.chains.graph import Graph
from analyzers.chains.history import is_span, span_of_node
from analyzers.chains.nodes import is_known
from analyzers.chains.paths import Backward
from analyzers.chains.suspicions import Suspicion, Suspicions
from analyzers.chains.weights import AMOUNT_TOLERANCE, ANOMALY_FLOOR
from domain.chain_records import Access, Effect
from domain.chains import Cause, EdgeKind

CAUSES_MAX = 3
ANOMALOUS = 0.3  # from here on a node makes what comes after it later
EARLY_OTHERS = 0.7
CONFIRMED, UNKNOWN, REFUTED = 1.0, 0.6, 0.2
# Edges by which a value comes to a node; the others say where a span lies, or where to look.
LEADING = frozenset(EdgeKind) - {
    EdgeKind.PARENT, EdgeKind.OVERWRITE, EdgeKind.STALE_READ, EdgeKind.TEMPORAL,
}  # fmt: skip
NOTHING_ODD = "It is on the way; nothing odd is known about it."
MATCHES = "It changed a value by what the outcome is about; nothing else is odd about it."


class _Rated(NamedTuple):
    """A suspicion on a node; by_itself: whether its own change, and not that of what it led to, is
    what the outcome is about."""

    suspicion: Suspicion | None
    counterfactual: float
    by_itself: bool

    @property
    def anomaly(self) -> float:
        return max(self.suspicion.weight, ANOMALY_FLOOR) if self.suspicion else ANOMALY_FLOOR

    def beside(self, explained: bool) -> "_Rated":
        """Where another change explains the outcome wholly, one that does not is refuted."""
        is_other = self.suspicion and self.suspicion.change and not self.by_itself
        return self._replace(counterfactual=REFUTED) if explained and is_other else self


NOTHING = _Rated(None, UNKNOWN, by_itself=False)


class _Scored(NamedTuple):
    """A node with what its score is made of."""

    node: str
    path_weight: float
    early: float
    main: _Rated

    @property
    def score(self) -> float:
        return self.path_weight * self.main.anomaly * self.early * self.main.counterfactual

    @property
    def order(self) -> tuple[float, float, str]:
        return -self.score, -self.path_weight, self.node


class Ranking:
    """Of the nodes that lead to a subject."""

    def __init__(self, graph: Graph, search: Backward, suspicions: Suspicions) -> None:
        self._graph = graph
        self._search = search
        self._suspicions = suspicions

    def causes(self, amount: float | None) -> tuple[Cause, ...]:
        """The likeliest first; amount: of the outcome, None where it tells none."""
        known = [node for node in self._search.best if is_known(self._graph.history, node)]
        rated = {
            node: [self._rated(node, each, amount) for each in self._suspicions_of(node)]
            for node in known
        }
        later = self._later(rated)
        self._add_matching(rated, amount)
        explained = any(each.by_itself for every in rated.values() for each in every)
        scored = [
            self._scored(node, [each.beside(explained) for each in every], node in later)
            for node, every in rated.items()
            if is_span(node) or every
        ]
        best = nsmallest(CAUSES_MAX, _one_of_each_trace(scored), key=lambda one: one.order)
        return tuple(self._cause(one, rated[one.node]) for one in best)

    def _suspicions_of(self, node: str) -> list[Suspicion]:
        """A policy is odd only as long as it is new to the decision that it led to."""
        edge = self._search.best[node].edge
        if is_span(node) or edge is None or self._suspicions.is_new_policy(node, edge.effect):
            return self._suspicions.of(node)
        return []

    def _later(self, rated: dict[str, list[_Rated]]) -> set[str]:
        """Nodes that come after an anomalous one on its way to the subject."""
        later: set[str] = set()
        for node, every in rated.items():
            anomalous = any(each.by_itself or each.anomaly >= ANOMALOUS for each in every)
            if is_span(node) and anomalous:
                for after in self._search.path(node)[1:]:
                    if after in later:
                        break
                    later.add(after)
        return later

    def _add_matching(self, rated: dict[str, list[_Rated]], amount: float | None) -> None:
        """Where nothing odd is known, a write that made the very change that is complained of.

        Of several on one way the earliest. What the outcome names is such a change by itself.
        """
        unsuspected = [node for node, every in rated.items() if amount and not every]
        matching = [node for node in unsuspected if self._matches(node, amount or 0.0)]
        later = {after for node in matching for after in self._search.path(node)[1:]}
        for node in set(matching) - later:
            suspicion = Suspicion(ANOMALY_FLOOR, MATCHES)
            rated[node] = [_Rated(suspicion, CONFIRMED, by_itself=False)]

    def _matches(self, node: str, amount: float) -> bool:
        """Whether the node is no target, is surely on the way, and its write is of the amount.

        In full, or in proportion to what was written at the end of the way.
        """
        edge = self._search.best[node].edge
        if edge is None or not edge.hard or edge.kind is EdgeKind.OUTCOME:
            return False
        for fact in self._graph.history.facts_of(node):
            if isinstance(fact, Access) and fact.is_write and fact.change:
                wrong = Suspicion(ANOMALY_FLOOR, "", fact.value, fact.change)
                last = self._search.path(node)[-2]
                if any(
                    _equal(one, amount) for one in (fact.change, *self._in_proportion(last, wrong))
                ):
                    return True
        return False

    def _scored(self, node: str, rated: list[_Rated], is_later: bool) -> _Scored:
        # Of several suspicions the one that explains the outcome best.
        main = max(rated, key=lambda one: one.anomaly * one.counterfactual, default=NOTHING)
        is_first = not is_later if rated else self._enters(node)
        early = 1.0 if is_first else EARLY_OTHERS
        return _Scored(node, self._search.best[node].weight, early, main)

    def _enters(self, node: str) -> bool:
        """Whether a value is written here that nothing is known to have led to."""
        facts = self._graph.history.facts_of(node)
        writes = any(isinstance(fact, Access) and fact.is_write for fact in facts)
        return writes and not any(edge.kind in LEADING for edge in self._graph.into(node))

    def _cause(self, scored: _Scored, rated: list[_Rated]) -> Cause:
        main = scored.main
        ids = {id_ for each in rated if each.suspicion for id_ in each.suspicion.finding_ids}
        return Cause(
            node_id=scored.node,
            score=scored.score,
            path_weight=scored.path_weight,
            anomaly=main.anomaly,
            early=scored.early,
            counterfactual=main.counterfactual,
            path=self._search.path(scored.node),
            reason=main.suspicion.reason if main.suspicion else NOTHING_ODD,
            finding_ids=tuple(sorted(ids)),
        )

    def _rated(self, node: str, suspicion: Suspicion, amount: float | None) -> _Rated:
        """Would the right value have changed the outcome by its amount?"""
        if suspicion.differs is False:
            return _Rated(suspicion, REFUTED, by_itself=False)
        if not amount or not suspicion.differs:
            return _Rated(suspicion, UNKNOWN, by_itself=False)
        path = self._search.path(node)
        own = [
            suspicion.change,
            *(each for on in path for each in self._in_proportion(on, suspicion)),
        ]
        by_itself = any(_equal(change, amount) for change in own)
        led_to = any(_equal(change, amount) for on in path for change in self._changes(on))
        return _Rated(suspicion, CONFIRMED if by_itself or led_to else UNKNOWN, by_itself)

    def _in_proportion(self, node: str, suspicion: Suspicion) -> list[float]:
        """How much less was to be written here, were it in proportion to the wrong value."""
        if not suspicion.change or not suspicion.value:
            return []
        share = suspicion.change / suspicion.value
        return [
            fact.value * share
            for fact in self._graph.history.facts_of(node)
            if isinstance(fact, Access) and fact.is_write and fact.value is not None
        ]

    def _changes(self, node: str) -> list[float | None]:
        """By how much the node changed values and the business."""
        facts = self._graph.history.facts_of(node)
        deltas = [fact.delta for fact in facts if isinstance(fact, Effect)]
        written = [fact.change for fact in facts if isinstance(fact, Access) and fact.is_write]
        return [*deltas, *written]


def _one_of_each_trace(scored: list[_Scored]) -> list[_Scored]:
    """All that are suspected; of the others the best of each trace, for they say nothing apart."""
    suspected = [one for one in scored if one.main.suspicion]
    best: dict[str, _Scored] = {}
    for one in scored:
        trace_id = span_of_node(one.node).trace_id
        if not one.main.suspicion and (trace_id not in best or one.order < best[trace_id].order):
            best[trace_id] = one
    return [*suspected, *best.values()]


def _equal(change: float | None, amount: float) -> bool:
    return change is not None and abs(abs(change) - abs(amount)) <= AMOUNT_TOLERANCE
