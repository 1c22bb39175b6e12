"""Edges of records in few words, for tests."""

from collections.abc import Sequence

from analyzers.chains.graph import Graph
from domain.chain_records import Access, Anomaly, Decision, Effect, Link, Outcome, Records, Step
from domain.chains import Edge

Row = Step | Access | Decision | Effect | Outcome | Link | Anomaly


def records(*rows: Row) -> Records:
    """Rows in the lists that they belong to."""
    made = Records()
    lists = {
        Step: made.steps, Access: made.accesses, Decision: made.decisions, Effect: made.effects,
        Outcome: made.outcomes, Link: made.links, Anomaly: made.anomalies,
    }  # fmt: skip
    for row in rows:
        lists[type(row)].append(row)  # type: ignore[attr-defined]
    return made


def graph(rows: Sequence[Row], hub_types: Sequence[str] = ()) -> Graph:
    """The graph of the rows."""
    drawn = Graph(hub_types)
    drawn.add(records(*rows))
    return drawn


def edges(rows: Sequence[Row]) -> dict[tuple[str, str, str], Edge]:
    """By cause, effect and kind; spans without their traces, for they have names of their own."""
    return {
        (_short(edge.cause), _short(edge.effect), edge.kind.value): edge
        for edge in graph(rows).edges()
    }


def _short(node: str) -> str:
    known = ("outcome/", "policy/")
    return node if node.startswith(known) else node.partition("/")[2]
