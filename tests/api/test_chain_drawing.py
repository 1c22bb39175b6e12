"""Does the drawing of a chain show every node once, no line through a mark, and text that fits?"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import chain_drawing, fitting
from api.chain_drawing import NARROW, WIDE, Drawing, Scale
from api.chain_order import DRAWN_MAX, LANES_MAX, Order, in_order
from domain.chains import Chain, Edge, EdgeKind, Node
from tests.api import sample_chain
from tests.api.sample_chain import CHAINS, OUTCOME, READ, START, WRITE, edge, node, span

SCALES = pytest.mark.parametrize("scale", [WIDE, NARROW], ids=["wide", "narrow"])
EVERY_CHAIN = pytest.mark.parametrize("name", CHAINS)


def drawn(chain: Chain, scale: Scale = WIDE) -> Drawing:
    return chain_drawing.drawn(Order(chain), scale)


def chain_of(nodes: Sequence[Node], edges: Sequence[Edge]) -> Chain:
    """Nothing but these nodes and edges."""
    return replace(
        sample_chain.pair(), subject=nodes[-1].node_id if nodes else "outcome/none",
        nodes=tuple(nodes), edges=tuple(edges),
    )  # fmt: skip


def upright(path: str) -> tuple[float, float, float]:
    """x of the upright part of a line, and from where to where it goes."""
    x, y = map(float, re.match(r"M(\S+) (\S+)", path).groups())  # type: ignore[union-attr]
    turns = re.findall(r"Q(\S+) (\S+)", path)
    if turns:
        (x, y), (_, end) = ((float(a), float(b)) for a, b in turns)
    else:
        end = float(path.rpartition("V")[2])
    return x, min(y, end), max(y, end)


@SCALES
@EVERY_CHAIN
def test_no_line_goes_through_a_mark(name: str, scale: Scale) -> None:
    drawing = drawn(CHAINS[name], scale)
    for line in drawing.lines:
        x, low, high = upright(line.path)
        met = [row for row in drawing.rows if low + 14 < row.y < high - 14]
        assert all(abs(row.x - x) > 5 * scale.mark for row in met), line


@SCALES
@EVERY_CHAIN
def test_time_goes_down_and_every_text_has_room(name: str, scale: Scale) -> None:
    drawing = drawn(CHAINS[name], scale)
    tops = [row.top for row in drawing.rows]
    assert tops == sorted(set(tops))
    assert tops[-1] + scale.row <= drawing.height
    for row in drawing.rows:
        room = scale.width - drawing.text_x
        assert all(fitting.width(line, scale.size) <= room for line in row.title)
        assert all(badge.x + badge.width <= scale.width for badge in row.badges)
        assert fitting.width(row.about, 11.5) <= room


def test_the_story_is_told_in_its_lanes_with_root_and_stale_read_in_words() -> None:
    drawing = drawn(CHAINS[OUTCOME])
    assert [lane.name for lane in drawing.lanes] == [
        "crm-sync", "rate-cache", "human:sales", "invoice-run", "billing", "erp-poster",
        "human:support", "human:finance",
    ]  # fmt: skip
    assert drawing.lanes[4].systems.startswith("billing, rate-c")
    by_id = {row.item.nodes[0].node_id: row for row in drawing.rows}
    words = {node_id: [badge.text for badge in row.badges] for node_id, row in by_id.items()}
    assert words[READ] == ["ROOT CAUSE", "STALE READ"]
    assert words[span(21)] == ["NEWER, NOT READ"]
    assert words[sample_chain.POSTING] == ["STILL LIVE"]
    assert words[OUTCOME] == ["ASKED ABOUT"]
    assert words[span(50)] == ["CAUSE 2"]
    assert "stale read" in by_id[READ].label
    assert [gap.text for gap in drawing.gaps][:2] == ["6.0 min later", "1.2 d later"]
    assert by_id[READ].clock == "11:00:01"
    assert [row.date for row in drawing.rows if row.date] == [
        "02 Mar",
        "03 Mar",
        "04 Mar",
        "07 Mar",
    ]


def test_lines_say_whether_they_are_known_and_on_whose_path_they_are() -> None:
    lines = drawn(CHAINS[OUTCOME]).lines
    assert sum("soft" in line.classes for line in lines) == 4
    (missed,) = [line for line in lines if "missed" in line.classes]
    assert missed.title.startswith("stale read, 0.50: version 8 was there")
    assert sum("c1" in line.classes.split() for line in lines) == 3
    assert sum("c3" in line.classes.split() for line in lines) == 4
    assert "c1" in lines[-1].classes


@pytest.mark.parametrize("count", [200, 2000])
def test_a_large_chain_is_folded_and_loses_nothing(count: int) -> None:
    order = Order(sample_chain.large(count))
    assert len(order.items) <= DRAWN_MAX
    assert len({item.lane for item in order.items}) <= LANES_MAX
    ids = [node.node_id for item in order.items for node in item.nodes]
    assert sorted(ids) == sorted(node.node_id for node in order.nodes)
    alone = {item.nodes[0].node_id for item in order.items if not item.is_group}
    assert {READ, WRITE, OUTCOME, sample_chain.POSTING, span(21)} <= alone
    others = next(row for row in drawn(order.chain).rows if "others" in row.item.lane)
    assert re.match(r"\+\d+ spans of \d+ others", others.title[0])
    assert any(re.match(r"\d+ edges, such as", line.title) for line in drawn(order.chain).lines)


def test_many_groups_become_one_for_each_lane() -> None:
    many = [
        node(2 * n + kept, n, "decision" if kept else "tool", f"step {n}", f"agent-{kept}")
        for n in range(100)
        for kept in (0, 1)
    ]
    order = Order(chain_of(many, []))
    groups = [item for item in order.items if item.is_group]
    assert [item.lane for item in groups] == ["agent-0", "agent-1"]
    assert len(order.items) == 48


def test_both_ends_of_a_long_path_are_kept() -> None:
    long = [node(n, n, "read", f"read {n}", "billing") for n in range(100)]
    path = tuple(one.node_id for one in long)
    cause = replace(sample_chain.story_1().causes[0], node_id=path[0], path=path)
    edges = [edge(n, n + 1, EdgeKind.PARENT, 0.98) for n in range(99)]
    order = Order(replace(chain_of(long, edges), causes=(cause,)))
    alone = {item.nodes[0].node_id for item in order.items if not item.is_group}
    assert {*path[:20], *path[-20:]} <= alone


def test_no_effect_stands_above_its_cause_though_a_clock_says_so() -> None:
    nodes = [node(1, 1, "write", "w", "a"), node(2, 0.9, "read", "r", "b")]
    chain = chain_of(nodes, [edge(1, 2, EdgeKind.READ_FROM, 0.95)] * 2)
    assert [one.title for one in in_order(chain)] == ["w", "r"]
    assert drawn(chain).gaps == []


def test_a_circle_of_likely_causes_is_drawn_all_the_same() -> None:
    nodes = [node(n, n, "write", f"w{n}", "a") for n in range(3)]
    circle = [edge(n, (n + 1) % 3, EdgeKind.OVERWRITE, 0.6) for n in range(3)]
    itself = edge(1, 1, EdgeKind.TEMPORAL, 0.1)
    unknown = edge(1, 77, EdgeKind.TEMPORAL, 0.1)
    drawing = drawn(chain_of(nodes, [*circle, itself, unknown]))
    assert [row.title[0] for row in drawing.rows] == ["w0", "w1", "w2"]
    assert len(drawing.lines) == 3
    up = [line for line in drawing.lines if upright(line.path)[1] < drawing.rows[0].y + 5]
    assert up


def test_marks_side_by_side_in_a_lane_are_joined_upwards_too() -> None:
    chain = chain_of(
        [node(n, n, "write", f"w{n}", "a") for n in range(2)],
        [edge(n, 1 - n, EdgeKind.OVERWRITE, 0.6) for n in range(2)],
    )
    paths = [line.path for line in drawn(chain).lines]
    downwards = [float(p.partition(" ")[2].partition(" ")[0]) < upright(p)[2] for p in paths]
    assert sorted(downwards) == [False, True]


def test_lines_of_different_causes_run_beside_each_other() -> None:
    nodes = [node(n, n, "write", f"w{n}", f"a{n % 3}") for n in range(9)]
    edges = [edge(a, b, EdgeKind.LINK, 0.95) for a in range(4) for b in (5, 8) if a % 3 != b % 3]
    lines = drawn(chain_of(nodes, edges)).lines
    starts: dict[float, set[str]] = {}
    for line in lines:
        x, low, high = upright(line.path)
        for other, other_low, other_high in map(upright, (one.path for one in lines)):
            if (x, low) != (other, other_low) and x == other:
                assert high <= other_low + 14 or other_high <= low + 14 or low == other_low
        starts.setdefault(x, set()).add(line.path)
    assert len(starts) > 1


def test_who_is_not_named_stands_in_the_lane_of_the_system() -> None:
    nodes = [
        node(1, 0, "write", "w", "", "crm"), node(2, 1, "policy", "p", ""),
        node(3, 2, "span", "s", ""), node(4, 3, "odd", "", "a"),
    ]  # fmt: skip
    drawing = drawn(chain_of(nodes, []))
    assert [lane.name for lane in drawing.lanes] == ["crm", "policy", "unnamed", "a"]
    assert drawing.kinds == ["write", "policy", "span"]
    assert drawing.rows[-1].title == ["odd"]
    narrow = drawn(chain_of(nodes, []), NARROW)
    assert [row.about for row in narrow.rows][:2] == ["02 Mar 09:00 · crm", "02 Mar 10:00"]


def test_a_chain_without_nodes_is_an_empty_drawing() -> None:
    drawing = drawn(chain_of([], []))
    assert (drawing.rows, drawing.lines, drawing.lanes) == ([], [], [])


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 14)), max_size=90),
    st.lists(st.tuples(st.integers(0, 89), st.integers(0, 89), st.booleans()), max_size=120),
)
def test_any_chain_is_drawn_whole_and_small(
    placed: list[tuple[int, int]], drawn_edges: list[tuple[int, int, bool]]
) -> None:
    nodes = [node(n, hour, "tool", f"t{n}", f"a{who}") for n, (hour, who) in enumerate(placed)]
    edges = [
        edge(a, b, EdgeKind.LINK, 0.95 if hard else 0.5)
        for a, b, hard in drawn_edges
        if a < len(nodes) and b < len(nodes)
    ]
    order = Order(chain_of(nodes, edges))
    ids = sorted(one.node_id for item in order.items for one in item.nodes)
    assert ids == sorted(one.node_id for one in nodes)
    assert len(order.items) <= DRAWN_MAX
    keys = [item.key for item in order.items]
    assert len(set(keys)) == len(keys)
    drawing = chain_drawing.drawn(order, NARROW)
    assert len(drawing.lines) == len(order.arrows)
    assert all(0 <= row.x <= NARROW.width for row in drawing.rows)


def test_texts_are_broken_at_spaces_and_cut_where_there_is_no_more_room() -> None:
    assert fitting.lines("one two", 1000, 10, 2) == ["one two"]
    assert fitting.lines("aaaa bbbb cccc", 32, 10, 3) == ["aaaa", "bbbb", "cccc"]
    assert fitting.lines("aaaa bbbb cccc", 32, 10, 2) == ["aaaa", "bbb…"]
    assert fitting.lines("aaaaaaaaaaaa", 32, 10, 2) == ["aaaaa", "aaa…"]
    assert fitting.fitted("", 10, 10) == ""
    assert fitting.fitted("x", 1, 10) == "x"


def test_widths_know_capitals_wide_letters_and_marks_that_take_no_room() -> None:
    assert fitting.width("i", 10) < fitting.width("a", 10) < fitting.width("A", 10)
    assert fitting.width("A", 10) < fitting.width("m", 10) < fitting.width("発", 10)
    assert fitting.width("e\u0301", 10) == fitting.width("e", 10)


def test_what_turns_the_direction_of_text_or_breaks_its_line_is_left_out() -> None:
    assert fitting.plain("a\u202eb\n\tc\0") == "ab c"


def test_gaps_are_shown_from_a_minute_on() -> None:
    nodes = [node(1, 0, "tool", "a", "x"), node(2, 59 / 3600, "tool", "b", "x")]
    assert drawn(chain_of(nodes, [])).gaps == []
    later = replace(nodes[1], at=START + timedelta(seconds=60))
    assert [gap.text for gap in drawn(chain_of([nodes[0], later], [])).gaps] == ["1.0 min later"]
