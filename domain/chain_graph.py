"""A chain as two tables, with the columns that Grafana's node graph reads."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from domain.chains import Chain, Edge, EdgeKind, Node

RED, ORANGE, BLUE, GREY = "red", "orange", "blue", "gray"
WIDE, NARROW = 3.0, 1.0
DASHES = "6 4"

Row = Mapping[str, Any]


def nodes(chain: Chain) -> Sequence[Row]:
    """One row a node; color: red the likeliest cause, orange a stale read, blue an outcome.

    arc__cause is the score as a cause, 0 to 1, and arc__other the rest.
    """
    scores = {cause.node_id: cause.score for cause in reversed(chain.causes)}
    likeliest = chain.causes[0].node_id if chain.causes else ""
    stale = stale_reads(chain)
    return [
        {
            "id": node.node_id,
            "title": node.title,
            "subtitle": place(node),
            "mainstat": f"{scores[node.node_id]:.0%}" if node.node_id in scores else node.kind,
            "secondarystat": f"{node.at:%Y-%m-%d %H:%M:%S}",
            "color": _color(node, likeliest, stale),
            "arc__cause": scores.get(node.node_id, 0.0),
            "arc__other": 1 - scores.get(node.node_id, 0.0),
            "detail__kind": node.kind,
            "detail__agent": node.agent,
            "detail__system": node.system,
            "detail__at": node.at,
            "detail__trace_id": node.trace_id,
            "detail__span_id": node.span_id,
        }
        for node in chain.nodes
    ]


def edges(chain: Chain) -> Sequence[Row]:
    """One row an edge, from cause to effect; soft ones are dashed, the likeliest path is wide."""
    path = on_path(chain)
    return [
        {
            "id": f"{edge.cause}>{edge.effect}>{edge.kind}",
            "source": edge.cause,
            "target": edge.effect,
            "mainstat": words(edge),
            "secondarystat": f"{edge.weight:.2f}",
            "color": RED if (edge.cause, edge.effect) in path else GREY,
            "thickness": WIDE if (edge.cause, edge.effect) in path else NARROW,
            "strokeDasharray": "" if edge.hard else DASHES,
            "detail__reason": edge.reason,
        }
        for edge in chain.edges
    ]


def stale_reads(chain: Chain) -> frozenset[str]:
    """Nodes that read a version although a newer one had been written."""
    return frozenset(edge.effect for edge in chain.edges if edge.kind is EdgeKind.STALE_READ)


def on_path(chain: Chain, rank: int = 0) -> frozenset[tuple[str, str]]:
    """Pairs of cause and effect on the path of the cause of this rank, the likeliest being 0."""
    if rank >= len(chain.causes):
        return frozenset()
    path = chain.causes[rank].path
    return frozenset(pairwise(path))


def place(node: Node) -> str:
    """Who did it, and in which system."""
    return " · ".join(dict.fromkeys(filter(None, (node.agent, node.system))))


def words(edge: Edge) -> str:
    """Its kind without underscores."""
    return edge.kind.replace("_", " ")


def _color(node: Node, likeliest: str, stale: frozenset[str]) -> str:
    if node.node_id == likeliest:
        return RED
    if node.node_id in stale:
        return ORANGE
    return BLUE if node.kind == "outcome" else GREY
