"""What holds of every history, whatever is in it."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.chains.chain import build
from analyzers.chains.fields import Field
from analyzers.chains.frontier import Frontier
from analyzers.chains.graph import Graph
from analyzers.chains.paths import backward, forward
from analyzers.chains.reversal import reversal_plan
from analyzers.chains.weights import CLOCK_MARGIN
from bench.histories import SUBJECT, history
from bench.remembered import EVER, walked
from domain.chain_records import LISTS, Access, Effect, Records, SpanRef
from domain.chains import Chain, Edge, LineKind
from tests.analyzers.chains.histories import elsewhere, histories

OUTCOME = "outcome/o"
FEW = settings(max_examples=50, deadline=None)


def graph_of(*parts: Records) -> Graph:
    graph = Graph()
    for records in parts:
        graph.add(records)
    return graph


def edges_of(graph: Graph) -> list[Edge]:
    return sorted(graph.edges(), key=str)


def shuffled(records: Records, seed: int) -> Records:
    rng = random.Random(seed)
    parts: dict[str, Any] = {name: list(getattr(records, name)) for name in LISTS}
    for rows in parts.values():
        rng.shuffle(rows)
    return Records(**parts)


def halves(records: Records, seed: int) -> tuple[Records, Records]:
    rng = random.Random(seed)
    first, second = Records(), Records()
    for name in LISTS:
        for row in getattr(records, name):
            getattr(rng.choice((first, second)), name).append(row)
    return first, second


def closure(edges: list[tuple[str, str]], start: str) -> set[str]:
    """The start and all that it leads to, found naively."""
    reached = {start}
    while True:
        more = {effect for cause, effect in edges if cause in reached} - reached
        if not more:
            return reached
        reached |= more


@FEW
@given(histories())
def test_what_leads_to_a_node_is_what_reaches_it(records: Records) -> None:
    graph = graph_of(records)
    every = [(edge.cause, edge.effect) for edge in graph.edges()]
    hard = [(edge.cause, edge.effect) for edge in graph.edges() if edge.hard]
    nodes = sorted({node for pair in every for node in pair})
    causes = {node: set(backward(graph, [node], 0.0).best) for node in nodes}
    for cause in nodes:
        effects = closure(every, cause)
        assert effects == {effect for effect in nodes if cause in causes[effect]}
        assert forward(graph, [cause]) == closure(hard, cause)


@FEW
@given(histories(), st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(records: Records, seed: int) -> None:
    first = build("t", records, OUTCOME)
    assert build("t", shuffled(records, seed), OUTCOME) == first


@FEW
@given(histories(), st.integers(0, 99))
def test_rows_in_pieces_make_the_graph_of_all_rows(records: Records, seed: int) -> None:
    first, second = halves(records, seed)
    assert edges_of(graph_of(first, second)) == edges_of(graph_of(records))


@FEW
@given(histories())
def test_rows_that_come_again_change_nothing(records: Records) -> None:
    again = Records()
    again.add(records)
    again.add(records)
    assert build("t", again, OUTCOME) == build("t", records, OUTCOME)
    assert edges_of(graph_of(records, records)) == edges_of(graph_of(records))


@FEW
@given(histories(), histories())
def test_what_has_nothing_to_do_with_it_changes_nothing(records: Records, more: Records) -> None:
    both = Records()
    both.add(records)
    both.add(elsewhere(more))
    assert build("t", both, OUTCOME) == build("t", records, OUTCOME)


def naive_stale(accesses: list[Access]) -> set[tuple[Access, Access]]:
    """Every read of a numbered version with every write of a higher one before it."""
    return {
        (read, write)
        for read in accesses
        for write in accesses
        if not read.is_write
        and write.is_write
        and write.datum == read.datum
        and read.version.isdigit()
        and write.version.isdigit()
        and int(write.version) > int(read.version)
        and write.at <= read.at - CLOCK_MARGIN
        and write.ref.trace_id != read.ref.trace_id
        and not (write.value_hash and write.value_hash == read.value_hash)
        and not (0 in (write.value_hash, read.value_hash) and None is not write.value == read.value)
    }


@FEW
@given(histories())
def test_stale_reads_are_those_of_a_naive_search(records: Records) -> None:
    numbered = [
        access
        for access in set(records.accesses)
        if access.version.isdigit() and access.version_prev != "e7"
    ]
    found = {each.read for each in graph_of(Records(accesses=numbered)).stale_reads()}
    assert found == {read for read, _ in naive_stale(numbered)}


@FEW
@given(histories())
def test_a_walk_in_pieces_gives_the_chain_of_what_it_gathered(records: Records) -> None:
    frontier = walked(records, OUTCOME)
    assert frontier.chain("t") == build("t", frontier.records, OUTCOME)


@pytest.mark.parametrize("seed", range(10))
def test_a_walk_gives_the_chain_of_the_whole_history(seed: int) -> None:
    records = history(seed).records
    found, whole = walked(records, SUBJECT).chain("t"), build("t", records, SUBJECT)
    assert found.causes == whole.causes
    assert found.reversal_plan == whole.reversal_plan
    assert found.blast_radius == whole.blast_radius


@pytest.mark.parametrize("seed", range(10))
def test_clocks_that_differ_within_the_margin_change_no_edge_by_versions(seed: int) -> None:
    """Each trace has its own clock; what lies further apart than clocks differ keeps its order."""
    records = history(seed).records
    rng = random.Random(seed)
    skew = {
        trace: timedelta(seconds=rng.uniform(-1, 1))
        for trace in sorted({step.ref.trace_id for step in records.steps})
    }
    skewed = Records(
        steps=[replace(each, at=each.at + skew[each.ref.trace_id]) for each in records.steps],
        accesses=[
            replace(
                each,
                at=each.at + skew[each.ref.trace_id],
                as_of=each.as_of and each.as_of + skew[each.ref.trace_id],
            )
            for each in records.accesses
        ],
        decisions=[
            replace(each, at=each.at + skew[each.ref.trace_id]) for each in records.decisions
        ],
        effects=[replace(each, at=each.at + skew[each.ref.trace_id]) for each in records.effects],
        outcomes=records.outcomes,
        links=records.links,
        anomalies=records.anomalies,
    )
    first, second = build("t", records, SUBJECT), build("t", skewed, SUBJECT)
    assert [cause.node_id for cause in second.causes] == [cause.node_id for cause in first.causes]
    assert [cause.score for cause in second.causes] == [cause.score for cause in first.causes]
    assert {(e.cause, e.effect, e.kind) for e in second.edges} == {
        (e.cause, e.effect, e.kind) for e in first.edges
    }


def carried_out(records: Records, chain: Chain, lines: set[int]) -> Records:
    """The history after these lines of the plan: each line is a write that takes another back."""
    after = Records()
    after.add(records)
    last = max(access.at for access in records.accesses) + timedelta(hours=1)
    graph = graph_of(records)
    reached = chain.blast_radius.node_ids
    for number in sorted(lines):
        line = chain.reversal_plan[number]
        if line.field == "cash":  # an effect without a write, which another one makes good
            balance = -(line.current_value or 0.0)
            ref = SpanRef(f"undo-{number}", "1")
            after.effects.append(Effect(ref, last, line.entity, "undo", "cash", balance))
            continue
        undone = [
            access
            for node in reached
            for access in graph.history.facts_of(node)
            if isinstance(access, Access)
            and access.is_write
            and (access.datum.entity, access.datum.field) == (line.entity, line.field)
        ]
        newest = max(undone, key=Field(undone).sequence.index)
        after.accesses.append(
            Access(
                newest.ref._replace(trace_id=f"undo-{number}"),
                last,
                newest.datum,
                True,
                "",
                value=line.restore_value,
                data_id=f"undo-{number}",
                compensates=newest.data_id,
            )
        )
    return after


def named_writes(records: Records) -> Records:
    """Each write under a name of its own, so that it can be taken back."""
    named = [
        replace(access, data_id=f"w{number}", compensates="") if access.is_write else access
        for number, access in enumerate(dict.fromkeys(records.accesses))
    ]
    return replace(records, accesses=named)


@FEW
@given(histories())
def test_after_the_plan_nothing_tainted_stands_and_each_line_is_needed(records: Records) -> None:
    records = named_writes(records)
    chain = build("t", records, OUTCOME)
    lines = set(range(len(chain.reversal_plan)))
    for left_out in [None, *lines]:
        after = carried_out(records, chain, lines - {left_out} if left_out is not None else lines)
        graph = graph_of(after)
        plan = reversal_plan(graph, [], chain.blast_radius.node_ids)
        expected = [] if left_out is None else [chain.reversal_plan[left_out]]
        assert [(line.entity, line.field) for line in plan] == [
            (line.entity, line.field) for line in expected
        ]


@pytest.mark.parametrize("seed", range(10))
def test_the_plan_undoes_effects_before_their_causes(seed: int) -> None:
    records = history(seed).records
    chain = build("t", records, SUBJECT)
    graph = graph_of(records)
    order = [line.node_id for line in chain.reversal_plan]
    for index, node in enumerate(order):
        later = set(order[index + 1 :]) - {node}
        assert not later & forward(graph, [node])
    assert all(line.kind in LineKind for line in chain.reversal_plan)


def test_a_walk_without_an_answer_ends() -> None:
    frontier = Frontier(OUTCOME, *EVER)
    assert frontier.backward().outcome_ids == {"o"}
    assert not frontier.backward()
    assert not frontier.forward()
