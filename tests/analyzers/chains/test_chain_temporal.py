"""What merely happened one after the other on an entity is the weakest of all reasons."""

import math
from datetime import timedelta

import pytest

from analyzers.chains import graph as graphs
from analyzers.chains.chain import build
from analyzers.chains.graph import temporal_edges
from domain.chain_records import Access, Datum
from domain.chains import EdgeKind
from tests.analyzers.chains.drawing import graph, records
from tests.analyzers.chains.story import hour, read, span, write

NODES = {"a/1", "b/1"}


def touches(days: float = 0, trace: str = "b") -> list[Access]:
    """Two fields of one account, touched by two spans."""
    later = hour(1) + timedelta(days=days)
    return [
        write(span("a", "1"), hour(1), Datum("account:1", "rate")),
        read(span(trace, "1"), later, Datum("account:1", "name")),
    ]


@pytest.mark.parametrize("days", [0, 7])
def test_the_weight_falls_with_time_and_with_how_much_happens_there(days: float) -> None:
    [edge] = temporal_edges(graph(touches(days)), NODES)
    assert (edge.cause, edge.effect, edge.hard) == ("a/1", "b/1", False)
    assert edge.weight == pytest.approx(0.15 * math.exp(-days / 7) / math.log2(2 + 2))


def test_there_is_none_within_a_trace_nor_to_what_is_not_looked_at() -> None:
    assert not list(temporal_edges(graph(touches(trace="a")), {"a/1"}))
    third = read(span("c", "1"), hour(2), Datum("account:1", "name"))
    found = list(temporal_edges(graph([*touches(), third]), NODES))
    assert [(edge.cause, edge.effect) for edge in found] == [("a/1", "b/1")]


def test_there_is_none_on_hubs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not list(temporal_edges(graph(touches(), ["account"]), NODES))
    monkeypatch.setattr(graphs, "TEMPORAL_TOUCHES_MAX", 1)
    assert not list(temporal_edges(graph(touches()), NODES))


def test_it_is_shown_only_where_nothing_better_leads() -> None:
    rows = [
        *touches(),
        read(span("b", "1"), hour(2), Datum("account:1", "rate"), data_id="again"),
    ]
    kinds = {edge.kind for edge in build("t", records(*rows), "b/1").edges}
    assert kinds == {EdgeKind.READ_FROM_BY_TIME}
