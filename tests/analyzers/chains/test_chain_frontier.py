"""A walk asks for what is needed, level by level, and never twice."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from analyzers.chains.frontier import QUESTIONS, Frontier, Wanted
from analyzers.chains.paths import Backward, backward
from bench.remembered import EVER, Remembered, answer
from domain.chain_records import Access, Datum, Decision, Link, Outcome, Records
from domain.chains import Budget, Edge, EdgeKind
from tests.analyzers.chains.drawing import graph, records
from tests.analyzers.chains.story import INVOICE, RATE, hour, noise, read, span, step, story, write

OUTCOME = "outcome/o-1"


def levels(frontier: Frontier, known: Records) -> Iterator[tuple[str, Wanted]]:
    """Every level of the walk, answered as a store would."""
    source = Remembered(known)
    for name, ask in (("backward", frontier.backward), ("forward", frontier.forward)):
        while wanted := ask():
            yield name, wanted
            frontier.take(answer(source, wanted))


def asked(subject: str, known: Records, **more: Any) -> dict[str, set[Any]]:
    """All that a walk asks for."""
    every: dict[str, set[Any]] = {question: set() for question in QUESTIONS}
    for _, wanted in levels(Frontier(subject, *EVER, **more), known):
        for question in QUESTIONS:
            every[question] |= getattr(wanted, question)
    return every


def test_the_first_question_is_about_the_subject() -> None:
    assert Frontier(OUTCOME, *EVER).backward() == Wanted(*EVER, outcome_ids=frozenset({"o-1"}))
    assert Frontier("bill/b-read", *EVER).backward().trace_ids == {"bill"}


def test_the_walk_goes_from_the_outcome_to_the_write_its_reads_and_their_writers() -> None:
    frontier = Frontier(OUTCOME, *EVER)
    walk = list(levels(frontier, story()))
    backward_ = [wanted for name, wanted in walk if name == "backward"]
    assert [sorted(wanted.trace_ids) for wanted in backward_] == [
        [], ["fin"], ["bill"], [], ["crm7", "crm8"], [],
    ]  # fmt: skip
    assert backward_[-1].said_of == {"fin", "bill", "crm7", "crm8"}
    assert backward_[1].data_ids == {"w-b-write"}
    assert RATE in backward_[3].data
    assert frontier.span_count == 8


def test_forward_it_asks_for_readers_outcomes_and_what_was_taken_back() -> None:
    walk = [
        wanted for name, wanted in levels(Frontier(OUTCOME, *EVER), story()) if name == "forward"
    ]
    first = walk[0]
    assert "bill" in first.links_out_of
    assert INVOICE in first.data
    assert {"w-b-write", "invoice:501", "bill/b-write", "span:bill-b-write"} <= first.targets
    assert "erp" in set().union(*(wanted.trace_ids for wanted in walk))


def test_nothing_is_asked_twice() -> None:
    for question in QUESTIONS:
        seen: set[Any] = set()
        for _, wanted in levels(Frontier(OUTCOME, *EVER), story()):
            assert not seen & getattr(wanted, question)
            seen |= getattr(wanted, question)


def test_what_has_nothing_to_do_with_it_is_not_asked_for() -> None:
    known = story()
    known.add(noise())
    assert "mail" not in asked(OUTCOME, known)["trace_ids"]


def test_targets_may_be_spans_and_entities() -> None:
    trace, name = "ab" * 16, "cd" * 8
    outcome = Outcome(
        "o-1", span("fin", "told"), hour(9), "dispute", -1, (f"{trace}/{name}", "invoice:501")
    )
    wants = asked(OUTCOME, records(outcome))
    assert trace in wants["trace_ids"]
    assert Datum("invoice:501", "") in wants["data"]
    assert f"{trace}/{name}" not in wants["data_ids"]


def test_inputs_that_are_not_known_and_policies_are_asked_for() -> None:
    decision = Decision(span("t", "d"), hour(1), "d", "act", inputs=("r-elsewhere",), policy_id="p")
    wants = asked("t/d", records(decision))
    assert "r-elsewhere" in wants["data_ids"]
    assert wants["policy_ids"] == {"p"}


def test_nothing_is_asked_through_hubs() -> None:
    known = records(read(span("t", "r"), hour(1), RATE), step(span("t", "r"), hour(1)))
    assert asked("t/r", known)["data"] == {RATE}
    assert asked("t/r", known, hub_types=["account"])["data"] == set()


def test_weak_paths_are_not_followed() -> None:
    long = [step(span(f"t{number}", "s"), hour(number)) for number in range(60)]
    links = [
        Link(span(f"t{number}", "s"), span(f"t{number + 1}", "s"), "link") for number in range(59)
    ]
    near = asked("t59/s", records(*long, *links), budget=Budget(path_weight_min=0.5))
    assert len(near["trace_ids"]) == 14  # .95 ^ 13 is the last that is not below .5


def test_another_root_that_shows_itself_only_forward_is_followed_too() -> None:
    """The reversal of the source is found only when what its write reached is looked at."""
    source = write(span("src", "s"), hour(1), RATE, "1", value=95.0)
    target = write(span("run", "w"), hour(3), INVOICE, "2", value=95.0, value_prev=70.0)
    known = records(
        source,
        read(span("run", "r"), hour(2), RATE, "1", value=95.0),
        target,
        write(span("fix", "u"), hour(9), Datum("credit:1", "sum"), "1", compensates="w-s"),
        Outcome("o-1", span("fin", "told"), hour(8), "dispute", -1, ("w-w",)),
    )
    frontier = Frontier(OUTCOME, *EVER)
    for _ in levels(frontier, known):
        pass
    assert frontier.chain("t").blast_radius.node_ids  # from the write that nothing odd is known of
    everything = graph([*known.accesses, *known.outcomes])
    assert backward(everything, [OUTCOME], 0.05).path("src/s")[-1] == OUTCOME


def test_a_better_path_takes_the_place_of_another() -> None:
    drawn = graph([step(span("t", name), hour(1)) for name in "abc"])
    search = Backward(drawn, 0.05)
    search.start(["t/c"])
    search.start(["t/c"])
    assert search.run() == {"t/c"}

    def edge(cause: str, effect: str, weight: float) -> Edge:
        return Edge(f"t/{cause}", f"t/{effect}", EdgeKind.LINK, weight, True)

    search.offer([edge("a", "c", 0.5), edge("b", "c", 0.9), edge("a", "b", 0.9), edge("x", "y", 1)])
    assert search.path("t/a") == ("t/a", "t/b", "t/c")
    assert search.best["t/a"].weight == 0.9 * 0.9
    assert search.run() == {"t/a", "t/b"}
    search.offer([edge("a", "c", 0.9 * 0.9)])
    assert search.path("t/a") == ("t/a", "t/b", "t/c")  # of equal paths always the same


def test_stale_reads_are_known_to_the_graph_itself() -> None:
    known = story()
    [stale] = graph([*known.accesses, *known.steps]).stale_reads()
    assert (stale.read.ref.span_id, stale.newer.ref.span_id) == ("b-read", "crm-w8")


def test_rows_may_come_in_pieces() -> None:
    known = story()
    whole = graph([*known.accesses])
    pieces = graph([])
    for access in known.accesses:
        pieces.add(records(access))
    assert sorted(map(str, pieces.edges())) == sorted(map(str, whole.edges()))
    again: Access = replace(known.accesses[0])
    assert not pieces.add(records(again))
