"""Is the step that a failure came from named first, by what was found and by the run's shape?"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.attribution.ranking import ranked
from domain.attribution import Basis, RunStep, Suspect, Violation
from domain.findings import Role

START = datetime(2026, 11, 28, tzinfo=UTC)
TOOL = "execute_tool"
MANY = 50


def span(number: int) -> str:
    return f"{number:016x}"


def step(n: int, agent: str, operation: str = "chat", under: int = 0, **marks: Any) -> RunStep:
    """A step of its own second; `under`: the number of the step above, 0 for none."""
    kept: dict[str, Any] = {
        name: frozenset(mark) if isinstance(mark, set) else mark for name, mark in marks.items()
    }
    return RunStep(
        span_id=span(n),
        parent_span_id=span(under) if under else "",
        at=START + timedelta(seconds=n),
        agent=agent,
        operation=operation,
        **kept,
    )


def found(
    number: int, role: Role = Role.VIOLATION, weight: float = 0.6, signature: str = "DATA-01"
) -> Violation:
    return Violation(span(number), role, f"{number:x}", signature, weight, f"what {number} did")


def suspects(steps: Sequence[RunStep], *violations: Violation) -> list[Suspect]:
    return ranked(steps, violations, MANY)[1]


def order(steps: Sequence[RunStep], *violations: Violation) -> list[int]:
    """Numbers of the steps, the likeliest first."""
    return [int(one.span_id, 16) for one in suspects(steps, *violations)]


def crew(count: int) -> list[RunStep]:
    """Agents that speak in turn, and of whom nothing else is known."""
    return [step(n, f"agent {n}", words=MANY) for n in range(1, count + 1)]


def test_what_was_found_outweighs_the_shape_of_the_run() -> None:
    run = [*crew(3), step(4, "closer", words=3), step(5, "tool", TOOL)]
    assert order(run)[0] == 2
    for number in (1, 3, 4, 5):
        basis, ranks = ranked(run, [found(number)], MANY)
        assert basis is Basis.VIOLATIONS
        assert ranks[0].span_id == span(number)
        assert ranks[0].reason == f"DATA-01: what {number} did"
        assert ranks[0].finding_ids == (f"{number:x}",)


def test_of_two_violations_the_first_comes_first_unless_the_later_is_much_graver() -> None:
    assert order(crew(5), found(4), found(3))[:2] == [3, 4]
    assert order(crew(5), found(4, weight=0.95), found(3, weight=0.3))[:2] == [4, 3]


def test_a_turn_counts_by_its_weightiest_finding_and_names_all() -> None:
    lesser, greater = found(3, weight=0.3, signature="LOOP-01"), found(3, Role.CAUSE)
    other = replace(found(3, weight=0.5), finding_id="other")
    first = suspects(crew(4), lesser, greater, other)[0]
    assert first.finding_ids == ("other", "3")
    assert first.reason.startswith("DATA-01")


@pytest.mark.parametrize("role", [Role.CAUSE, Role.EXPECTED_BUT_MISSING, Role.EFFECT])
def test_who_did_it_comes_before_what_is_beside_it(role: Role) -> None:
    assert order(crew(5), found(3, role), found(4))[0] == 4


def test_an_outcome_and_a_span_of_another_trace_say_nothing() -> None:
    basis, ranks = ranked(crew(4), [found(4, Role.OUTCOME), found(99)], MANY)
    assert basis is Basis.STRUCTURE
    assert ranks == suspects(crew(4))


def test_a_loop_is_a_symptom() -> None:
    looped = found(4, signature="LOOP-05")
    assert order(crew(5), looped, found(5))[0] == 5


def test_a_finding_on_what_holds_steps_is_on_the_first_of_them() -> None:
    run = [
        step(1, "a", "invoke_agent"),
        *crew(0),
        step(2, "a", under=1, words=MANY),
        step(3, "b", "invoke_agent"),
        step(4, "b", under=3, words=MANY),
        step(5, "b", under=3, words=MANY),
    ]
    assert order(run, found(3))[0] == 4
    assert 3 not in order(run)


def test_who_says_what_nobody_gave_it_comes_first() -> None:
    run = [
        step(1, "asked", "invoke_workflow", heard={1, 2}),
        step(2, "opens", under=1, words=MANY, figures={1, 2}),
        step(3, "looks up", under=1, words=MANY),
        step(4, "looks up", "retrieval", under=3, heard={3, 4, 5}),
        step(5, "repeats", under=1, words=MANY, figures={1, 3, 4, 5}),
        step(6, "invents", under=1, words=MANY, figures={6, 7, 8}),
        step(7, "believes", under=1, words=MANY, figures={6, 7, 8}),
    ]
    first = suspects(run)[0]
    assert first.agent == "invents"
    assert first.reason == (
        "structure only: says 3 names and numbers that nothing before it held;"
        " turn 1 of 1 of invents, 4 of 5 in all."
    )


def test_what_holds_others_says_at_its_end_what_they_said() -> None:
    run = [
        step(1, "all", "invoke_agent", figures={1, 2, 3}),
        *(step(n, f"agent {n}", under=1, words=MANY) for n in (2, 3)),
        step(4, "invents", under=1, words=MANY, figures={1, 2, 3}),
    ]
    assert suspects(run)[0].agent == "invents"


def test_who_wrote_a_call_that_failed_comes_before_who_carried_it_out() -> None:
    run = [
        *crew(2),
        step(3, "writes", words=MANY),
        step(4, "runs", TOOL),
        step(5, "runs", TOOL, failed=True),
        *(step(n, f"agent {n}", words=MANY) for n in (6, 7)),
    ]
    ranks = suspects(run)
    assert ranks[0].agent == "writes"
    assert "a call that it made failed" in ranks[0].reason
    carried_out = [one for one in ranks if "carries out what another" in one.reason]
    assert {one.agent for one in carried_out} == {"runs"}
    assert order(run, found(4))[0] == 4


def test_who_had_something_changed_comes_before_who_reads_and_talks() -> None:
    run = [
        *crew(2),
        step(3, "decides", words=MANY),
        step(4, "runs", TOOL, changes=True),
        step(5, "looks", words=MANY),
        step(6, "looks", TOOL),
    ]
    first, *rest = suspects(run)
    assert first.agent == "decides"
    assert "changed something, or tried to" in first.reason
    assert not any("changed something" in one.reason for one in rest)
    assert order([*crew(3), step(4, "writes", words=MANY, changes=True)])[0] == 4


def test_a_call_within_a_turn_is_part_of_it() -> None:
    def run(last: int) -> list[RunStep]:
        return [
            *crew(2),
            step(3, "does", "invoke_agent", words=MANY),
            step(4, "does", TOOL, under=3, failed=True),
            *(step(n, "talks", words=MANY) for n in range(5, last)),
        ]

    assert 4 not in order(run(7))
    assert order(run(7))[0] == 3
    assert order(run(7), found(4, weight=0.1))[0] == 3
    # That which ended the run is where it ended.
    assert order(run(5))[0] == 2


def test_a_call_of_another_agent_or_in_another_call_is_a_step_of_its_own() -> None:
    run = [
        step(1, "a", words=MANY),
        step(2, "b", TOOL, under=1),
        step(3, "b", TOOL, under=2),
        step(4, "a", words=MANY),
    ]
    assert sorted(order(run)) == [1, 2, 3, 4]


def test_where_only_calls_are_recorded_they_are_the_turns() -> None:
    run = [step(n, "a", TOOL, failed=n == 2) for n in range(1, 4)]
    assert order(run)[0] == 2
    assert "carries out" not in suspects(run)[0].reason


def work(rounds: int, *last: RunStep, hands_over: bool = True) -> list[RunStep]:
    """A coordinator that says two things, hands over and goes on, `rounds` times."""
    made: list[RunStep] = []
    for n in range(1, 3 * rounds, 3):
        made += [
            step(n, "lead", words=MANY),
            step(n + 1, "lead", words=MANY, hands_over=hands_over),
            step(n + 2, "worker", words=MANY),
        ]
    return [*made, *last]


def said(*numbers: int, **marks: Any) -> list[RunStep]:
    return [step(n, "lead", words=MANY, **marks) for n in numbers]


def test_who_judged_a_failed_run_done_made_that_mistake() -> None:
    first = suspects(work(3, *said(10, 11)))[0]
    assert (first.agent, first.step) == ("lead", 10)
    assert "began to end the run by its own judgement" in first.reason


@pytest.mark.parametrize(
    "last",
    [
        [],
        said(10, 11, hands_over=True),
        said(10, 11, hit_limit=True),
        said(10),
    ],
    ids=["in the work", "work given out", "a limit", "sooner than usual"],
)
def test_a_run_that_was_cut_off_failed_where_the_work_was_done(last: list[RunStep]) -> None:
    assert suspects(work(3, *last))[0].agent == "worker"


def test_who_holds_the_work_of_others_coordinates_it() -> None:
    run = [
        step(1, "lead", "invoke_agent"),
        step(2, "lead", under=1, words=MANY),
        step(3, "worker", "invoke_agent", under=1),
        step(4, "worker", under=3, words=MANY),
    ]
    assert suspects(run)[0].agent == "worker"
    ended = [*run, step(5, "lead", under=1, words=MANY)]
    assert suspects(ended)[0].agent == "lead"


def test_one_stretch_of_coordination_alone_may_end_a_run() -> None:
    run = [
        step(1, "lead", "invoke_agent"),
        step(2, "worker", "invoke_agent", under=1, words=MANY),
        step(3, "lead", under=1, words=MANY),
    ]
    assert suspects(run)[0].span_id == span(3)


def test_who_hands_on_and_is_not_heard_again_coordinates_nothing() -> None:
    run = [
        step(1, "first", words=MANY, hands_over=True),
        step(2, "second", words=MANY, hands_over=True),
        step(3, "third", words=MANY),
    ]
    assert order(run) == order(crew(3))


def test_where_all_hand_over_to_each_other_none_coordinates() -> None:
    run = [step(n, f"peer {n % 2}", words=MANY, hands_over=True) for n in range(1, 6)]
    assert order(run) == order([replace(one, hands_over=False) for one in run])


def test_who_only_passes_on_comes_late() -> None:
    assert order([*crew(2), step(3, "closes", words=1)])[-1] == 3
    assert order([*crew(2), step(3, "closes")])[-1] != 3, "its words are not recorded"


def test_steps_have_the_senders_numbers_or_else_their_places() -> None:
    run = [step(1, "a", number=7), step(2, "b")]
    assert {one.agent: one.step for one in suspects(run)} == {"a": 7, "b": 2}


def test_an_agent_without_a_name_is_said_to_have_none() -> None:
    assert "of no named agent" in suspects([step(1, "")])[0].reason


def test_a_ring_of_parents_is_ranked_like_any_run() -> None:
    run = [step(1, "a", under=2), step(2, "b", under=1)]
    assert sorted(order(run)) == [1, 2]


def test_no_more_suspects_than_asked_for() -> None:
    assert len(ranked(crew(9), (), 4)[1]) == 4


OPERATIONS = ("chat", "invoke_agent", TOOL, "retrieval")


@st.composite
def runs(draw: st.DrawFn) -> list[RunStep]:
    count = draw(st.integers(1, 14))
    return [
        step(
            n,
            draw(st.sampled_from("abc")),
            draw(st.sampled_from(OPERATIONS)),
            under=draw(st.integers(0, count)),
            failed=draw(st.booleans()),
            words=draw(st.integers(0, 30)),
            figures=draw(st.sets(st.integers(0, 9), max_size=5)),
            heard=draw(st.sets(st.integers(0, 9), max_size=5)),
            hands_over=draw(st.booleans()),
            hit_limit=draw(st.booleans()),
        )
        for n in range(1, count + 1)
    ]


def violations_of(run: Iterable[RunStep]) -> list[Violation]:
    return [found(int(one.span_id, 16), role) for one, role in zip(run, Role, strict=False)]


@given(runs(), st.booleans())
def test_shares_of_agents_and_of_steps_are_whole(run: list[RunStep], flawed: bool) -> None:
    ranks = suspects(run, *(violations_of(run) if flawed else ()))
    assert sum(one.step_share for one in ranks) == pytest.approx(1)
    by_agent = {one.agent: one.agent_share for one in ranks}
    assert sum(by_agent.values()) == pytest.approx(1)
    assert ranks[0].agent_share == max(by_agent.values())
    assert all(0 <= one.score <= one.agent_share for one in ranks)
    assert [one.score for one in ranks] == sorted((one.score for one in ranks), reverse=True)


@given(runs(), st.randoms(use_true_random=False))
def test_the_order_in_which_steps_arrive_changes_nothing(
    run: list[RunStep], shuffling: random.Random
) -> None:
    shuffled = shuffling.sample(run, len(run))
    assert suspects(shuffled, *violations_of(run)) == suspects(run, *violations_of(run)[::-1])


@given(runs())
def test_names_of_agents_change_nothing_but_the_names(run: list[RunStep]) -> None:
    names = {"a": "Zoe", "b": "a", "c": "Orchestrator"}
    renamed = [replace(one, agent=names[one.agent]) for one in run]
    before, after = suspects(run, *violations_of(run)), suspects(renamed, *violations_of(run))
    assert [(names[one.agent], one.span_id, one.score) for one in before] == [
        (one.agent, one.span_id, one.score) for one in after
    ]
