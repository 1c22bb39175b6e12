"""Does the comparison with the loop guards of others show what it is said to show?"""

import pytest

from bench import loop_guards, loops
from bench.loop_guards import GUARDS
from tests.analyzers import loop_lanes
from tests.analyzers.loop_lanes import HEALTHY, LOOPS, Call

OURS = ("wakeline, stored steps", "wakeline LoopGuard")


def test_our_engines_tell_all_kinds_apart_and_each_other_guard_misses_some() -> None:
    found = list(loops.qualities([7], 25))
    assert [one.detector for one in found] == [OURS[0], *GUARDS]
    for one in found:
        healthy = [one.fired[kind.__name__] for kind in HEALTHY]
        missed = [kind.__name__ for kind in LOOPS if one.fired[kind.__name__] < 0.5]
        if one.detector in OURS:
            assert (one.precision, max(healthy), missed) == (1, 0, [])
            assert one.recall >= 0.97
        else:
            assert {"cycle", "varying_cycle", "noisy_cycle", "replanning"} <= set(missed)
            assert one.recall < 0.6
    fired = {one.detector: one.fired["healthy_poll"] for one in found}
    assert min(fired["gemini-cli"], fired["Roo"], fired["Cline"]) > 0.8
    assert fired["OpenHands"] == 0


def test_both_our_engines_say_the_same() -> None:
    for _, _, lane in loop_lanes.lanes(3, 4):
        one = bool(loops._by_batch([lane]))
        assert one == (loop_guards.wakeline(lane) is not None)


@pytest.mark.parametrize(
    ("name", "calls", "place"),
    [
        ("gemini-cli", "ababababab", 9),
        ("gemini-cli", "abcdefabcdefabcdefabcdefabcdef", None),
        ("OpenHands", "xaaaa", 4),
        ("OpenHands", "ababab", 5),
        ("OpenHands", "abcabcabcabc", None),
        ("Roo", "abbb", 3),
        ("Roo", "ababab", None),
        ("Cline", "abbbbb", 5),
        ("Cline", "abbbb", None),
    ],
)
def test_each_fires_where_its_source_says(name: str, calls: str, place: int | None) -> None:
    assert GUARDS[name]([Call(letter, "", letter) for letter in calls]) == place


def test_openhands_counts_failures_whatever_they_say() -> None:
    lane = [Call("charge", "", f"timeout {n}", error=True) for n in range(4)]
    assert loop_guards.openhands(lane) == 3


def test_words_are_those_of_their_names() -> None:
    first = {name: [letter for letter, _ in zip(word(), range(8), strict=False)]
             for name, word in loops.WORDS.items()}  # fmt: skip
    assert first["Fibonacci"] == [0, 1, 0, 0, 1, 0, 1, 0]
    assert first["Thue-Morse"] == [0, 1, 1, 0, 1, 0, 0, 1]
    assert first["all equal"] == [0] * 8
    assert list(loops.speeds(0)) == []
