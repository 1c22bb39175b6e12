"""What to ask next of the store, so that a chain is whole: never anything twice.

    frontier = Frontier(subject, since, until, budget, hub_types)
    for next_wanted in (frontier.backward, frontier.forward):
        while wanted := next_wanted():        # one level of the walk
            frontier.take(records that answer `wanted`)
    chain = frontier.chain(tenant)            # what chain.build makes of the same records

`backward` follows what led to the subject along paths that are not weaker than
`budget.path_weight_min`; `forward` follows what its likeliest cause reached, over hard edges. Both
work in increments: a level costs what its answers brought, not what was gathered before.
The caller counts levels, `span_count` and seconds against its budget, and may stop at any time:
`chain` takes whatever there is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from analyzers.chains.chain import Found, chain_from, found_causes, subject_nodes
from analyzers.chains.graph import Graph
from analyzers.chains.history import is_span, span_of_node
from analyzers.chains.outcomes import span_of
from analyzers.chains.paths import Backward, forward
from domain.chain_records import Access, Datum, Decision, Records
from domain.chains import Budget, Chain, Edge
from domain.errors import NotFound

ROOTS_MAX = 3  # times that the likeliest cause may become another one by what it reached


@dataclass(frozen=True, slots=True)
class Wanted:
    """One level's questions, each a batch for one method of ChainSource; False when empty.

    outcome_ids:  for `outcome`.
    trace_ids:    for `of_traces`.
    data:         for `of_data`, all within [since, until).
    data_ids:     for `named`.
    links_into:   traces, for `links(..., forward=False)`: links whose effect is in them.
    links_out_of: traces, for `links(..., forward=True)`: links whose cause is in them.
    policy_ids:   for `decisions_under`.
    targets:      for `outcomes_of`.
    said_of:      traces, for `said_of`: asked last, for it hardly ever leads on.
    """

    since: datetime
    until: datetime
    outcome_ids: frozenset[str] = frozenset()
    trace_ids: frozenset[str] = frozenset()
    data: frozenset[Datum] = frozenset()
    data_ids: frozenset[str] = frozenset()
    links_into: frozenset[str] = frozenset()
    links_out_of: frozenset[str] = frozenset()
    policy_ids: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    said_of: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any(getattr(self, question) for question in QUESTIONS)


QUESTIONS = tuple(field.name for field in fields(Wanted) if field.name not in ("since", "until"))


class Frontier:
    """The walk's memory: what was gathered, and what was asked.

    since, until: bounds in time of accesses that are asked for; until is exclusive, and not before
                  the newest row, so that it is seen whether a write still stands.
    hub_types:    entity types, such as `currency`, through which nothing is followed.
    """

    def __init__(
        self,
        subject: str,
        since: datetime,
        until: datetime,
        budget: Budget | None = None,
        hub_types: Iterable[str] = (),
    ) -> None:
        self.subject = subject
        self.since, self.until = since, until
        self.budget = budget or Budget()
        self.records = Records()
        self._graph = Graph(hub_types)
        self._asked: dict[str, set[Any]] = {question: set() for question in QUESTIONS}
        self._wants: dict[str, set[Any]] = {question: set() for question in QUESTIONS}
        self._search = Backward(self._graph, self.budget.path_weight_min)
        self._effects = _Forward(self._graph)
        self._found: Found | None = None
        self._roots: list[list[str]] = []
        self._causes_in: dict[str, set[str]] = defaultdict(set)
        self._effects_in: dict[str, set[str]] = defaultdict(set)
        self._news: set[str] = set()
        self._unsaid: set[str] = set()

    @property
    def span_count(self) -> int:
        """Spans gathered so far."""
        return len(self._graph.history.spans)

    def take(self, answer: Records) -> None:
        """Take in what the store answered."""
        self._found = None
        self.records.add(answer)
        drawn = self._graph.add(answer)
        self._search.offer(drawn)
        self._effects.offer(drawn)
        self._news = {access.ref.trace_id for access in answer.accesses}
        self._news |= {decision.ref.trace_id for decision in answer.decisions}

    def backward(self) -> Wanted:
        """What the causes of the subject still want; empty when nothing does."""
        self._want_subject()
        self._search.start(self._starts())
        for node in self._search.run() | self._with_news(self._causes_in):
            self._causes_in[span_of_node(node).trace_id].add(node)
            self._want_causes(node)
        return self._wanted()

    def forward(self) -> Wanted:
        """What the effects of the likeliest cause, and their outcomes, still want."""
        while True:
            for node in self._effects.run() | self._with_news(self._effects_in):
                self._effects_in[span_of_node(node).trace_id].add(node)
                self._want_effects(node)
            wanted = self._wanted()
            if wanted or not self._has_other_root():
                return wanted

    def ahead(self, records: Records) -> Wanted:
        """What a walk through all of these rows would ask for: their data, and what they name.

        A guess: the walk wants some of it, and more. It is not taken for asked.
        """
        data = {access.datum for access in records.accesses}
        named = {one for decision in records.decisions for one in decision.inputs}
        named |= {access.data_id for access in records.accesses if access.is_write}
        return Wanted(
            self.since,
            self.until,
            data=frozenset(one for one in data if not self._graph.is_hub(one.entity)),
            data_ids=frozenset(named - {""}),
            policy_ids=frozenset({decision.policy_id for decision in records.decisions} - {""}),
        )

    def chain(self, tenant: str) -> Chain:
        """What the records say so far. Raises NotFound when none is about the subject."""
        return chain_from(self._graph, tenant, self._find())

    def _starts(self) -> list[str]:
        try:
            return subject_nodes(self._graph, self.subject)
        except NotFound:
            return []  # its rows are still to come

    def _with_news(self, nodes_in: dict[str, set[str]]) -> set[str]:
        """Nodes of the walk in whose traces something came."""
        nodes: set[str] = set()
        return nodes.union(*(nodes_in[trace_id] for trace_id in self._news if trace_id in nodes_in))

    def _has_other_root(self) -> bool:
        """Whether another cause is the likeliest than the one that was followed."""
        if not self._starts() or len(self._roots) >= ROOTS_MAX:
            return False
        roots = self._find().roots
        if roots in self._roots:
            return False
        self._roots.append(roots)
        self._effects.start(roots)
        return True

    def _find(self) -> Found:
        """The causes, sought again only when something came."""
        if self._found is None:
            self._found = found_causes(self._graph, self.subject, self.budget)
        return self._found

    def _want_subject(self) -> None:
        if is_span(self.subject):
            self._wants["trace_ids"].add(span_of_node(self.subject).trace_id)
        else:
            self._wants["outcome_ids"].add(self.subject.partition("/")[2])

    def _want_causes(self, node: str) -> None:
        outcome = self._graph.history.outcomes.get(node.partition("/")[2])
        if outcome is not None:
            self._wants["trace_ids"].add(outcome.ref.trace_id)
            for target in outcome.target:
                self._want_target(target)
        if not is_span(node):
            return
        self._want_trace(node, "links_into")
        for fact in self._graph.history.facts_of(node):
            if isinstance(fact, Decision):
                self._wants["data_ids"].update(fact.inputs)
                self._wants["policy_ids"].add(fact.policy_id)
            if isinstance(fact, Access) and not fact.is_write:
                self._want_datum(fact.datum)

    def _want_target(self, target: str) -> None:
        """A target is a span, the id of a read or a write, or an entity."""
        if ref := span_of(target):
            self._wants["trace_ids"].add(ref.trace_id)
            return
        self._wants["data_ids"].add(target)
        if ":" in target:
            self._want_datum(Datum(target, ""))

    def _want_effects(self, node: str) -> None:
        if not is_span(node):
            return
        self._want_trace(node, "links_out_of")
        trace_id, span_id = span_of_node(node)
        targets = self._wants["targets"]
        targets |= {f"span:{trace_id}-{span_id}", f"{trace_id}/{span_id}"}
        for fact in self._graph.history.facts_of(node):
            if isinstance(fact, Access) and fact.is_write:
                self._want_datum(fact.datum)
                self._wants["data_ids"].add(fact.data_id)
                targets |= {fact.data_id, fact.datum.entity}

    def _want_trace(self, node: str, links: str) -> None:
        trace_id = span_of_node(node).trace_id
        self._wants["trace_ids"].add(trace_id)
        self._wants[links].add(trace_id)

    def _want_datum(self, datum: Datum) -> None:
        if not self._graph.is_hub(datum.entity):
            self._wants["data"].add(datum)

    def _wanted(self) -> Wanted:
        """What was not asked before; it is taken for asked from now on."""
        new: dict[str, frozenset[Any]] = {}
        for question in QUESTIONS:
            new[question] = frozenset(self._wants[question] - self._asked[question] - {""})
            self._asked[question] |= new[question]
            self._wants[question] = set()
        self._news = set()
        self._unsaid |= new["trace_ids"]
        if not any(new.values()):
            new["said_of"], self._unsaid = frozenset(self._unsaid), set()
        return Wanted(self.since, self.until, **new)


class _Forward:
    """What some nodes reach over hard edges, as the graph grows."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._reached: set[str] = set()
        self._fresh: set[str] = set()

    def start(self, nodes: Iterable[str]) -> None:
        """From these; what was reached before is forgotten."""
        self._reached = forward(self._graph, nodes)
        self._fresh = set(self._reached)

    def offer(self, edges: Iterable[Edge]) -> None:
        """Edges that are new to the graph."""
        for edge in edges:
            if edge.hard and edge.cause in self._reached and edge.effect not in self._reached:
                found = forward(self._graph, [edge.effect]) - self._reached
                self._reached |= found
                self._fresh |= found

    def run(self) -> set[str]:
        """Nodes that are new since the last call."""
        fresh, self._fresh = self._fresh, set()
        return fresh
