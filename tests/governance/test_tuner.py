"""Does the tuner loosen only what is certified, slowly and on advice, and tighten at once?"""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Conflict, InvalidInput
from domain.thresholds import ESCALATE_ALL, Limits, Stage
from domain.tuning import Decided, Label, TuningWeek
from governance import tuner
from governance.evidence import Weighted
from governance.loosening import limits_within
from governance.tuner import Advice, Direction, Key, Rules, Tuning

KEY = Key("carrier", "book", stage=Stage.CANARY)
MONDAY = date(2026, 1, 5)
CASES = tuple(Decided(f"d{n}", 0.5 + n / 200, 10.0) for n in range(100))


def week(
    number: int,
    harms: int = 0,
    fine: int = 150,
    at: float = 0.99,
    decided: tuple[Decided, ...] = CASES,
) -> TuningWeek:
    labels = [Label(at, n < harms, 1.0) for n in range(harms + fine)]
    return TuningWeek(MONDAY + timedelta(weeks=number), tuple(labels), decided)


def certified(state: Tuning | None = None) -> tuple[Tuning, Advice]:
    """After two weeks of 150 harmless labels each."""
    state, nothing = tuner.weekly(state or tuner.begun(KEY), week(1))
    assert nothing is None
    state, advice = tuner.weekly(state, week(2))
    assert advice is not None
    return state, advice


def in_force(confidence: float = 0.8, stage: Stage = Stage.CANARY) -> Tuning:
    state = tuner.begun(replace(KEY, stage=stage))
    return tuner.loosened(state, Limits(confidence), MONDAY)


def test_nothing_is_advised_before_two_weeks_of_evidence() -> None:
    state, advice = tuner.weekly(tuner.begun(KEY), week(1, fine=5000))
    assert advice is None
    assert state.limits == ESCALATE_ALL


def test_what_is_certified_is_advised_with_its_evidence_and_a_replay() -> None:
    state, advice = certified()
    assert advice.direction is Direction.LOOSEN
    assert (advice.before, advice.after) == (ESCALATE_ALL, Limits(0.5))
    assert state.limits == ESCALATE_ALL  # it waits for a person
    assert advice.basis is not None
    assert (advice.basis.labels, advice.basis.harms, advice.basis.alpha) == (300, 0, 0.02)
    assert advice.basis.log_e > math.log(20)
    assert advice.replayed is not None
    assert advice.replayed.newly_alone == 100
    assert advice.reason == "0 of 300 labels at 0.50 or more are harm"


def test_one_step_loosens_by_a_twentieth_at_most_and_rests_for_two_weeks() -> None:
    state = in_force(0.8)
    state, advice = tuner.weekly(state, week(1))
    state, advice = tuner.weekly(state, week(2))
    assert advice is not None
    assert advice.after == Limits(0.76)
    state = tuner.loosened(state, advice.after, week(2).ended)
    state, advice = tuner.weekly(state, week(3))
    assert advice is None
    state, advice = tuner.weekly(state, week(4))
    assert advice is not None
    assert advice.after == Limits(0.72)


def test_a_step_that_brings_too_little_is_not_advised() -> None:
    state, _ = certified()
    few = tuple(Decided(f"d{n}", 0.3, 10.0) for n in range(100))
    assert tuner.weekly(state, week(3, decided=few))[1] is None
    assert tuner.weekly(state, week(3, decided=()))[1] is None


def test_harm_above_alpha_certifies_nothing() -> None:
    state = tuner.begun(KEY)
    for number in range(10):
        state, advice = tuner.weekly(state, week(number, harms=8, fine=142))
        assert advice is None


def test_what_reviewers_miss_makes_the_bar_higher() -> None:
    blind = Rules(sensitivity=0.25)
    assert blind.held_to == 0.005
    state = tuner.begun(KEY, blind)
    state, _ = tuner.weekly(state, week(1))
    assert tuner.weekly(state, week(2))[1] is None


def test_labels_of_amounts_that_are_not_the_agents_to_take_say_nothing() -> None:
    state = tuner.begun(replace(KEY, amount_max=100.0))
    dear = TuningWeek(MONDAY, tuple(Label(0.9, False, 1.0, amount=500.0) for _ in range(500)))
    state, _ = tuner.weekly(state, dear)
    assert set(state.evidence.labels) == {0}
    _, advice = certified(state)
    assert advice.after == Limits(0.5, 100.0)


def test_labels_without_chances_are_refused() -> None:
    by_hand = TuningWeek(MONDAY, (Label(0.9, False, None),))
    with pytest.raises(InvalidInput, match="no label has the chance"):
        tuner.weekly(tuner.begun(KEY), by_hand)


def test_evidence_is_for_a_term_of_half_a_year() -> None:
    state = tuner.begun(KEY)
    for number in range(26):
        state, _ = tuner.weekly(state, week(number))
    assert state.evidence.weeks == 26
    state, advice = tuner.weekly(state, week(26))
    assert state.evidence.weeks == 1
    assert advice is None


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, agent_version="2.0"),
        replace(KEY, stage=Stage.HALF),
        replace(KEY, rubric="r2"),
        replace(KEY, calibration="c2"),
        replace(KEY, amount_max=500.0),
    ],
    ids=["version", "stage", "rubric", "calibration", "amount"],
)
def test_another_question_begins_without_evidence(key: Key) -> None:
    state, _ = certified()
    assert tuner.rekeyed(state, key).evidence.weeks == 0
    assert tuner.rekeyed(state, KEY) is state


def test_much_harm_reverts_to_earlier_limits_and_says_why() -> None:
    state = tuner.loosened(in_force(0.8), Limits(0.76), MONDAY)
    state, advice = tuner.weekly(state, week(1, harms=20, fine=130))
    assert advice is not None
    assert (advice.direction, advice.after) == (Direction.TIGHTEN, Limits(0.8))
    assert advice.reason.startswith("20 of 150 labels since these limits are harm")
    assert (state.limits, state.evidence.weeks, state.seen) == (Limits(0.8), 0, ())
    state, advice = tuner.weekly(state, week(2, harms=20, fine=130))
    assert state.limits == ESCALATE_ALL  # nothing stricter was ever in force


def test_tolerated_harm_reverts_nothing() -> None:
    state = in_force(0.8)
    for number in range(12):
        state, advice = tuner.weekly(state, week(number, harms=1, fine=149))
        assert advice is None or advice.direction is Direction.LOOSEN


def test_harm_outside_the_limits_or_found_by_hand_reverts_nothing() -> None:
    state = in_force(0.8)
    outside = [Label(0.6, True, 1.0)] * 50
    targeted = [Label(0.9, True, 0.5, uniform=False)] * 50
    by_hand = [Label(0.9, True, None)] * 50
    state, advice = tuner.weekly(state, TuningWeek(MONDAY, (*outside, *targeted, *by_hand)))
    assert advice is None
    assert state.seen == ()


def test_the_revert_statistic_sums_over_the_weeks_in_which_harm_may_have_risen() -> None:
    assert tuner.revert_statistic((), 0.02) == 0.0
    quiet = ((0, 100),) * 10
    assert tuner.revert_statistic(quiet, 0.02) < 1
    assert tuner.revert_statistic((*quiet, (10, 100)), 0.02) > 52


def test_a_false_revert_is_as_rare_as_promised() -> None:
    # Once in 52 weeks at most, with harm at just what is tolerated.
    rng, alarms = np.random.default_rng(6), 0
    for _ in range(60):
        seen: tuple[tuple[int, int], ...] = ()
        for _ in range(26):
            seen = (*seen, (int(rng.binomial(100, 0.02)), 100))
            if tuner.revert_statistic(seen, 0.02) >= 52:
                alarms, seen = alarms + 1, ()
    assert alarms / (60 * 26) <= 1 / 52


def test_a_drift_page_falls_back_on_what_an_earlier_stage_had_before_the_change() -> None:
    state = tuner.loosened(tuner.begun(replace(KEY, stage=Stage.SHADOW)), Limits(0.9), MONDAY)
    state = tuner.rekeyed(state, replace(KEY, stage=Stage.CANARY))
    state = tuner.loosened(state, Limits(0.86), MONDAY + timedelta(days=14))
    state = tuner.loosened(state, Limits(0.82), MONDAY + timedelta(days=28))
    changed = MONDAY + timedelta(days=40)
    state, advice = tuner.drifted(state, "tool_mix", changed, changed)
    assert advice is not None
    assert (advice.direction, advice.after) == (Direction.TIGHTEN, Limits(0.9))
    assert advice.reason == "drift: tool_mix"
    assert state.limits == Limits(0.9)


def test_without_earlier_limits_a_drift_page_escalates_all() -> None:
    changed = MONDAY + timedelta(days=40)
    # What was in force at this very stage is what may have drifted.
    state, advice = tuner.drifted(in_force(0.8), "error", changed, changed)
    assert advice is not None
    assert advice.after == ESCALATE_ALL
    state, again = tuner.drifted(state, "intent", MONDAY, MONDAY)
    assert again is None  # there is nothing left to tighten
    assert state.before_drift == Limits(0.8)


def test_nothing_is_loosened_while_a_page_is_open_and_a_benign_one_gives_all_evidence_back() -> (
    None
):
    state, _ = certified(in_force(0.8))
    known = state.evidence
    state, _ = tuner.drifted(state, "error", MONDAY, MONDAY)
    for number in (3, 4, 5):  # enough to certify, were it asked
        state, advice = tuner.weekly(state, week(number))
        assert advice is None
        known = known.added(week(number).labels, 1.0)
    assert state.evidence.weeks == 3
    state, advice = tuner.dismissed(state, week(5).ended)
    assert state.evidence == known
    assert advice is not None
    assert (advice.direction, advice.after) == (Direction.LOOSEN, Limits(0.8))
    assert state.limits == ESCALATE_ALL  # a person says yes first


def test_a_benign_page_that_tightened_nothing_asks_for_nothing() -> None:
    state = tuner.drifted(tuner.begun(KEY), "error", MONDAY, MONDAY)[0]
    assert tuner.dismissed(state, MONDAY)[1] is None


def test_a_change_that_is_real_makes_the_past_the_past() -> None:
    state, _ = tuner.drifted(certified(in_force(0.8))[0], "error", MONDAY, MONDAY)
    state = tuner.confirmed(state)
    assert (state.set_aside, state.history, state.evidence.weeks) == (None, (), 0)
    for judge in (tuner.confirmed, lambda one: tuner.dismissed(one, MONDAY)):
        with pytest.raises(Conflict, match="no drift page"):
            judge(state)


def test_a_person_may_tighten_at_once_and_not_loosen_so() -> None:
    state = certified(in_force(0.8))[0]
    assert tuner.tightened(state, Limits(0.9)).limits == Limits(0.9)
    assert tuner.tightened(state, Limits(0.9)).evidence.weeks == 0
    assert tuner.tightened(state, ESCALATE_ALL).limits == ESCALATE_ALL
    for looser in (Limits(0.7), Limits(0.7, 10.0)):
        with pytest.raises(InvalidInput, match="propose"):
            tuner.tightened(state, looser)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 300)), max_size=30))
@settings(max_examples=25)
def test_whatever_the_labels_it_loosens_in_small_steps_and_seldom(
    weeks: list[tuple[int, int]],
) -> None:
    state, last = in_force(0.9), MONDAY
    for number, (harms, fine) in enumerate(weeks):
        one, before = week(number + 1, harms, fine), state.limits.confidence
        state, advice = tuner.weekly(state, one)
        if advice is None or advice.direction is Direction.TIGHTEN:
            assert limits_within(state.limits, Limits(before))
            continue
        after = advice.after.confidence
        assert after is not None
        assert before is None or before - 0.05 - 1e-9 <= after < before
        assert state.loosened_on is not None
        assert one.ended - last >= timedelta(days=14)
        state, last = tuner.loosened(state, advice.after, one.ended), one.ended


def test_weighted_evidence_drives_the_same_tuner() -> None:
    _, advice = certified(tuner.begun(KEY, begin=Weighted.begun))
    assert advice.after == Limits(0.5)


@pytest.mark.parametrize(
    ("rules", "field"),
    [({"alpha": 0.0}, "alpha"), ({"delta": 1.0}, "delta"), ({"sensitivity": 0.0}, "sensitivity")],
    ids=["alpha", "delta", "sensitivity"],
)
def test_rules_that_can_not_be_kept_are_refused(rules: dict[str, float], field: str) -> None:
    with pytest.raises(InvalidInput, match=field):
        Rules(**rules)  # type: ignore[arg-type]
