"""From gathered records to the chain that is shown, the same in whatever order they come."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from analyzers.chains import nodes as shown
from analyzers.chains.blast import blast_radius
from analyzers.chains.graph import Graph, temporal_edges
from analyzers.chains.history import is_span, span_of_node
from analyzers.chains.paths import Backward, backward, best_edges, forward
from analyzers.chains.ranking import Ranking
from analyzers.chains.reversal import reversal_plan
from analyzers.chains.suspicions import Suspicions
from analyzers.chains.weights import ANOMALY_FLOOR
from domain.chain_records import Records
from domain.chains import Budget, Cause, Chain, Edge, EdgeKind
from domain.errors import NotFound

LIKELY = frozenset({EdgeKind.READ_FROM_BY_TIME, EdgeKind.OVERWRITE, EdgeKind.TEMPORAL})


def build(
    tenant: str,
    records: Records,
    subject: str,
    budget: Budget | None = None,
    hub_types: Iterable[str] = (),
) -> Chain:
    """The chain of `subject`, a node id: `outcome/ID` or `TRACE/SPAN`.

    Raises NotFound when no record is about the subject. `cut`, `levels`, `watermark` and
    `duration_ms` are for the caller to fill in, with `dataclasses.replace`.
    """
    graph = Graph(hub_types)
    graph.add(records)
    return chain_of(graph, tenant, subject, budget or Budget())


def chain_of(graph: Graph, tenant: str, subject: str, budget: Budget) -> Chain:
    """The chain of the subject in a graph. Raises NotFound."""
    return chain_from(graph, tenant, found_causes(graph, subject, budget))


class Found(NamedTuple):
    """The likeliest causes of a subject; leads: all nodes that lead to it; roots: to look from."""

    subject: str
    leads: Collection[str]
    causes: tuple[Cause, ...]
    roots: list[str]


def found_causes(graph: Graph, subject: str, budget: Budget) -> Found:
    """The causes of the subject. Raises NotFound."""
    search = backward(graph, subject_nodes(graph, subject), budget.path_weight_min)
    causes = _ranked(graph, search, subject)
    return Found(subject, search.best.keys(), causes, _roots(graph, causes, subject))


def chain_from(graph: Graph, tenant: str, found: Found) -> Chain:
    """The chain, once it is known what led to its subject."""
    roots = found.roots
    reached = forward(graph, roots)
    plan = reversal_plan(graph, roots, reached)
    node_ids = {node for node in {*found.leads, *reached} if shown.is_known(graph.history, node)}
    return Chain(
        tenant=tenant,
        subject=found.subject,
        nodes=tuple(
            sorted(
                (shown.node(graph, node) for node in node_ids),
                key=lambda node: (node.at, node.node_id),
            )
        ),
        edges=tuple(_edges(graph, node_ids)),
        causes=found.causes,
        blast_radius=blast_radius(graph, reached),
        reversal_plan=plan,
    )


def subject_nodes(graph: Graph, subject: str) -> list[str]:
    """The nodes that the subject means: of a span also its decisions. Raises NotFound."""
    nodes = graph.history.nodes_of(span_of_node(subject)) if is_span(subject) else [subject]
    known = [node for node in nodes if shown.is_known(graph.history, node)]
    if not known:
        raise NotFound(f"nothing is known of '{subject}': it may have been too old to keep")
    return known


def _ranked(graph: Graph, search: Backward, subject: str) -> tuple[Cause, ...]:
    """The likeliest root causes of the subject, of which `search` found the paths."""
    outcome = graph.history.outcomes.get(subject.partition("/")[2])
    targets = {edge.cause for edge in graph.into(subject)} if outcome else set()
    ranking = Ranking(graph, search, Suspicions(graph, targets))
    return ranking.causes(outcome.amount if outcome else None)


def _roots(graph: Graph, causes: tuple[Cause, ...], subject: str) -> list[str]:
    """From where to look forward: the likeliest cause, or a span about which nothing is odd."""
    if not causes or (causes[0].anomaly <= ANOMALY_FLOOR and is_span(subject)):
        return subject_nodes(graph, subject)
    root = causes[0].node_id
    # A policy reaches what was decided under it.
    decided = [] if is_span(root) else [edge.effect for edge in graph.out_of(root)]
    return sorted({root, *decided})


def _edges(graph: Graph, nodes: Collection[str]) -> Iterable[Edge]:
    """Those that are known; of the likely ones those to causes that no known edge leads to."""
    every = best_edges(graph, nodes)
    known = {edge.cause for edge in every if edge.hard}
    joined = {(edge.cause, edge.effect) for edge in every}
    every += [
        edge for edge in temporal_edges(graph, nodes) if (edge.cause, edge.effect) not in joined
    ]
    return [
        edge for edge in every if edge.hard or edge.kind not in LIKELY or edge.cause not in known
    ]
