"""Does Grafana's node graph get its columns, with the cause and the stale read told apart?"""

from dataclasses import replace

from domain import chain_graph
from domain.chains import Edge
from tests.api.sample_chain import OUTCOME, READ, span, story_1


def test_nodes_have_their_score_as_an_arc_and_a_colour_for_what_they_are() -> None:
    chain = story_1()
    rows = {row["id"]: row for row in chain_graph.nodes(chain)}
    assert len(rows) == len(chain.nodes)
    root = rows[READ]
    assert (root["color"], root["mainstat"], root["arc__cause"]) == ("red", "88%", 0.885)
    assert all(row["arc__cause"] + row["arc__other"] == 1 for row in rows.values())
    assert root["subtitle"] == "billing · rate-cache"
    assert rows[span(50)]["subtitle"] == "billing"
    assert rows[OUTCOME]["color"] == "blue"
    assert rows[span(21)]["color"] == "gray"
    assert rows[OUTCOME]["mainstat"] == "outcome"
    assert root["detail__trace_id"] + "/" + root["detail__span_id"] == READ


def test_a_stale_read_that_is_not_the_likeliest_cause_is_orange() -> None:
    chain = story_1()
    rows = {row["id"]: row for row in chain_graph.nodes(replace(chain, causes=chain.causes[1:]))}
    assert rows[READ]["color"] == "orange"
    bare = {row["id"]: row for row in chain_graph.nodes(replace(chain, causes=(), edges=()))}
    assert bare[READ]["color"] == "gray"


def test_edges_are_dashed_where_they_are_only_likely_and_wide_on_the_likeliest_path() -> None:
    chain = story_1()
    rows = chain_graph.edges(chain)
    assert len({row["id"] for row in rows}) == len(rows) == len(chain.edges)
    for row, edge in zip(rows, chain.edges, strict=True):
        assert bool(row["strokeDasharray"]) is not edge.hard
        assert (row["source"], row["target"]) == (edge.cause, edge.effect)
    wide = [row for row in rows if row["thickness"] == chain_graph.WIDE]
    assert {row["color"] for row in wide} == {"red"}
    assert len(wide) == len(chain.causes[0].path) - 1


def test_a_chain_without_causes_has_no_likeliest_path() -> None:
    assert chain_graph.on_path(replace(story_1(), causes=())) == frozenset()


def test_kinds_are_told_without_underscores() -> None:
    edge: Edge = story_1().edges[0]
    assert chain_graph.words(edge) == "read from"
