"""Are loops found as brute force finds them, in any mixture of lanes, and healthy work never?"""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.loops import stretches
from analyzers.loops.stretches import Loop
from tests.analyzers import loop_lanes
from tests.analyzers.loop_lanes import Call, Lane
from wakeline import loop_rules

WORDS = st.lists(st.integers(1, 3), max_size=40)


def looping(lanes: list[Lane]) -> set[int]:
    steps = loop_lanes.steps_of(lanes)
    return {int(steps.lane[loop.start]) for loop in stretches.loops(steps)}


@pytest.mark.parametrize("seed", [7, 11, 23])
def test_loops_are_told_from_what_only_looks_like_them(seed: int) -> None:
    made = list(loop_lanes.lanes(seed, 60))
    found = looping([lane for _, _, lane in made])
    right = sum(made[number][1] for number in found)
    assert right / len(found) >= 0.995
    assert right / sum(is_loop for _, is_loop, _ in made) >= 0.97
    wrong = Counter(made[number][0] for number in found if not made[number][1])
    assert all(count <= 0.01 * 60 for count in wrong.values())


def word_lane(word: list[int]) -> Lane:
    """A lane whose calls are letters and whose results are always the same for the same letter."""
    return [Call(str(letter), "", f"result {letter}") for letter in word]


def has_loop(word: list[int]) -> bool:
    """Brute force: some factor is u^k with k >= 3 that brings nothing new, or most recur."""
    for start in range(len(word)):
        for period in range(1, loop_rules.PERIOD_MAX + 1):
            power = word[start : start + 3 * period]
            if len(power) == 3 * period and power == power[:period] * 3:
                return True
    again = [letter in word[:place] for place, letter in enumerate(word)]
    size = loop_rules.RECENT_STEPS
    windows = (again[place : place + size] for place in range(len(word) - size + 1))
    return any(sum(window) >= loop_rules.RECURRENT_STEPS for window in windows)


@given(WORDS)
def test_the_same_is_found_as_by_brute_force(word: list[int]) -> None:
    assert bool(looping([word_lane(word)])) == has_loop(word)


@given(WORDS, WORDS)
def test_a_loop_that_was_seen_stays_whatever_comes_after(word: list[int], more: list[int]) -> None:
    assert not looping([word_lane(word)]) or looping([word_lane(word + more)])


@given(st.lists(WORDS, max_size=5), st.randoms(use_true_random=False))
def test_lanes_do_not_disturb_each_other(words: list[list[int]], rng: random.Random) -> None:
    alone = {number for number, word in enumerate(words) if looping([word_lane(word)])}
    assert looping([word_lane(word) for word in words]) == alone
    order = rng.sample(range(len(words)), len(words))
    shuffled = looping([word_lane(words[number]) for number in order])
    assert {order[place] for place in shuffled} == alone


@given(WORDS)
def test_names_do_not_matter(word: list[int]) -> None:
    renamed = [{1: 70, 2: 5, 3: 900}[letter] for letter in word]
    assert spans(word) == spans(renamed)


def spans(word: list[int]) -> list[tuple[str, int, int, int]]:
    found = stretches.loops(loop_lanes.steps_of([word_lane(word)]))
    return [(loop.signature, loop.start, loop.end, loop.period) for loop in found]


@given(st.integers(1, 20), st.integers(3, 6), st.integers(0, 30))
def test_a_power_is_found_at_its_last_call(period: int, repeats: int, before: int) -> None:
    prefix = list(range(1000, 1000 + before))
    power = list(range(period)) * repeats
    whole = prefix + power
    assert not [each for each in spans(whole[: before + 3 * period - 1]) if each[3]]
    (start, end, found), *_ = [each[1:] for each in spans(whole) if each[3]]
    assert (start, end, found) == (before, before + period * repeats, period)


@given(st.lists(st.integers(1, 3), max_size=60))
def test_calls_that_always_bring_something_new_are_no_loop(word: list[int]) -> None:
    lane = [Call(str(letter), "", f"result {place}") for place, letter in enumerate(word)]
    assert not looping([lane])


def loop_of(lane: Lane) -> list[Loop]:
    return stretches.loops(loop_lanes.steps_of([lane]))


def test_a_poll_is_a_loop_only_when_it_waits_long_for_nothing() -> None:
    poll = Call("get_status", "j1", "PENDING", poll=True)
    assert not loop_of([poll] * 11)
    (loop,) = loop_of([poll] * 12)
    assert (loop.signature, loop.end - loop.start) == ("LOOP-04", 12)


def test_a_poll_that_gets_on_now_and_then_is_no_loop() -> None:
    polls = [Call("get_status", "j1", f"{n // 4} of 5", poll=True) for n in range(20)]
    assert not loop_of(polls)
    (loop,) = loop_of([*polls, *[Call("get_status", "j1", "4 of 5", poll=True)] * 12])
    assert (loop.signature, loop.end) == ("LOOP-04", 32)


def test_waiting_that_got_on_before_it_got_stuck_counts_from_there() -> None:
    lane = [Call("build", "", f"step {n}") for n in range(5)] + [Call("build", "", "stuck")] * 4
    (loop,) = loop_of(lane)
    assert (loop.signature, loop.start, loop.end, loop.new) == ("LOOP-01", 5, 9, 0)


def test_what_says_itself_that_it_got_on_is_no_loop() -> None:
    assert not loop_of([Call("work", "", "fine", advanced=True)] * 20)


def test_failures_are_a_retry_storm_whatever_they_are_called_with() -> None:
    lane = [Call("charge", "i1", "timeout", varying=str(n), error=True) for n in range(6)]
    (loop,) = loop_of(lane)
    assert (loop.signature, loop.period) == ("LOOP-04", 1)
    assert not loop_of(lane[:4])
    assert not loop_of([Call("get_status", str(n), "-", varying="x", poll=True) for n in range(9)])


def test_no_steps_are_no_loops() -> None:
    assert loop_of([]) == []
