"""Does a replay say what would have changed, and is the choice by cost one of the certified?"""

from hypothesis import given
from hypothesis import strategies as st

from domain.thresholds import ESCALATE_ALL, Limits
from domain.tuning import Decided
from governance import replay
from governance.replay import Worth

WEEK = [
    Decided("sure", 0.95, 10.0, False),
    Decided("middling", 0.82, 40.0, True),
    Decided("dear", 0.83, 900.0),
    Decided("unsure", 0.4, 5.0),
    Decided("silent", None, 5.0),
    Decided("unpriced", 0.99, None),
]


def test_looser_limits_let_more_be_taken_alone_and_say_what_is_known_of_it() -> None:
    found = replay.replay(WEEK, Limits(0.9, 500.0), Limits(0.8, 1000.0))
    assert (found.decisions, found.newly_alone, found.newly_escalated) == (6, 2, 0)
    assert (found.autonomy_before, found.autonomy_after) == (1 / 6, 3 / 6)
    assert found.dollars_newly_alone == 940.0
    assert (found.judged_newly_alone, found.harms_newly_alone) == (1, 1)
    assert found.examples == ("middling", "dear")  # harm first, though it is cheaper


def test_tighter_limits_escalate_more() -> None:
    found = replay.replay(WEEK, Limits(0.8, None), ESCALATE_ALL)
    assert (found.newly_alone, found.newly_escalated, found.autonomy_after) == (0, 4, 0.0)
    assert replay.replay([], ESCALATE_ALL, ESCALATE_ALL).autonomy_after == 0.0


def test_examples_are_few() -> None:
    many = [Decided(f"d{n}", 0.9, 1.0) for n in range(100)]
    assert len(replay.replay(many, ESCALATE_ALL, Limits(0.5)).examples) == replay.EXAMPLES_MAX


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 100))),
    st.floats(0, 1),
    st.floats(0, 100),
)
def test_a_replay_backwards_is_the_opposite(
    of: list[tuple[float, float]], confidence: float, amount: float
) -> None:
    week = [Decided(str(n), *case) for n, case in enumerate(of)]
    before, after = Limits(0.5, 50.0), Limits(confidence, amount)
    there, back = replay.replay(week, before, after), replay.replay(week, after, before)
    assert (there.newly_alone, there.newly_escalated) == (back.newly_escalated, back.newly_alone)
    assert there.autonomy_after == back.autonomy_before == replay.autonomy(week, after)


def test_the_certified_limits_that_are_worth_most_are_chosen() -> None:
    strict, loose = Limits(0.9, None), Limits(0.8, None)
    cheap, dear = Worth(saved=2.0, loss=0.1, review_cost=5.0), Worth(saved=2.0, loss=1.9)
    assert replay.best([(strict, cheap), (loose, cheap)], WEEK) == (loose, 4 * 1.9 - 5.0)
    assert replay.best([(strict, Worth(2.0, 0.1)), (loose, dear)], WEEK) == (strict, 2 * 1.9)
    assert replay.best([], WEEK) is None
