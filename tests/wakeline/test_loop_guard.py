"""Does the guard say step by step what the analyzer says of the same steps afterwards?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wakeline
from analyzers.loops import stretches
from analyzers.loops.stretches import StepFlags
from storage import aliases
from tests.analyzers import loop_lanes
from wakeline import loop_guard, loop_rules, loop_tokens
from wakeline.loop_guard import LoopGuard

CALLS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 2), st.booleans(), st.booleans()), max_size=50
)


def guarded(calls: list[tuple[int, int, bool, bool]]) -> bool:
    """Whether the guard ever said so. A call: tool, result (0 = unknown), failed, polls."""
    guard = LoopGuard()
    said = [
        guard.step(
            f"{tool}_status" if poll else f"{tool}",
            result=f"result {result}" if result else None,
            error=failed,
        )
        for tool, result, failed, poll in calls
    ]
    return any(said)


def analyzed(calls: list[tuple[int, int, bool, bool]]) -> bool:
    words = np.array([2 * tool + poll for tool, _, _, poll in calls], np.uint64)
    results = np.array([result for _, result, _, _ in calls], np.uint64)
    flags = StepFlags(
        np.array([failed for _, _, failed, _ in calls], np.bool_),
        np.array([poll for _, _, _, poll in calls], np.bool_),
        np.zeros(len(calls), np.bool_),
    )
    lane = np.zeros(len(calls), np.uint64)
    return bool(stretches.loops(stretches.steps(lane, words, words, results, flags)))


@given(CALLS)
def test_guard_and_analyzer_agree_on_any_steps(calls: list[tuple[int, int, bool, bool]]) -> None:
    assert guarded(calls) == analyzed(calls)


@given(st.integers(1, 64), st.integers(0, 40))
def test_a_cycle_is_noticed_at_the_end_of_its_third_round(period: int, before: int) -> None:
    guard = LoopGuard()
    start = [f"once {n}" for n in range(before)]
    cycle = [f"tool {n}" for n in range(period)]
    said = [guard.step(tool, result=f"result of {tool}") for tool in start + cycle * 3]
    periodic = [loop.period if loop else 0 for loop in said]
    assert periodic[-1] == period
    assert not any(periodic[:-1])


def test_seeded_lanes_are_told_apart() -> None:
    for kind, is_loop, lane in loop_lanes.lanes(5, 6):
        guard = LoopGuard(volatile=["varies"])
        said = [
            guard.step(
                call.tool,
                {"a": call.arguments, "varies": call.varying},
                result=call.result or None,
                error=call.error,
            )
            for call in lane
        ]
        four_times = kind == "replanning" and sum(call.tool == "plan" for call in lane) < 5
        assert any(said) == (is_loop and not four_times), kind


def test_it_says_what_the_loop_has_cost() -> None:
    guard = wakeline.LoopGuard()
    for _ in range(4):
        loop = guard.step("search", '{"b": 1, "a": 2}', result={"rows": []}, cost=0.25)
    assert loop == wakeline.Loop("LOOP-01", 1, 4, 0, 1.0)


def test_polls_may_ask_again() -> None:
    guard = LoopGuard(poll=["ask"])
    assert not any(guard.step("ask", result="not yet") for _ in range(11))
    assert guard.step("ask", result="not yet")


def test_empty_results_of_other_calls_are_no_standstill() -> None:
    guard = LoopGuard()
    assert not any(guard.step("search", {"q": n}, result=[]) for n in range(30))


def test_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_guard, "SEEN_MAX", 10)
    guard = LoopGuard()
    for n in range(5000):
        guard.step("search", {"q": n % 700}, result=f"row {n}")
    assert len(guard._results._words) == 10
    sizes = [len(scale.newer) + len(scale.older) for scale in guard._engines[0]._scales]
    assert max(sizes) <= 2 * loop_rules.PERIOD_MAX
    for _ in range(5000):
        loop = guard.step("search", result="the same")
    assert loop
    assert loop.steps == loop_guard.STEPS_MAX


def test_calls_are_equal_in_whatever_order_their_keys_stand() -> None:
    assert loop_tokens.exact("t", '{"a": 1, "b": 2}') == loop_tokens.exact("t", {"b": 2, "a": 1})
    assert loop_tokens.exact("t", "not JSON {") != loop_tokens.exact("u", "not JSON {")
    one, other = ({"request_id": n, "q": "x", "at": f"2026-01-0{n}T10:00:00Z"} for n in (1, 2))
    assert loop_tokens.shape("t", one) == loop_tokens.shape("t", other)
    assert loop_tokens.shape("t", {"page": 1}) != loop_tokens.shape("t", {"page": 2})
    assert loop_tokens.shape("t", {"v": 1}, ["v"]) == loop_tokens.shape("t", {"v": 2}, ["v"])


def test_what_varies_is_the_same_in_sdk_and_store() -> None:
    macros = aliases.macros()
    assert {name.strip("' ") for name in macros["names_volatile"].strip("()[]").split(",")} == set(
        loop_tokens.VOLATILE
    )
