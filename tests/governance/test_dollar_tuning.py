"""Is the limit in dollars raised step by step, under the threshold in force alone?"""

from dataclasses import replace
from datetime import date, timedelta

from domain.thresholds import ESCALATE_ALL, Limits
from domain.tuning import Decided, Label, TuningWeek
from governance import dollar_tuning, tuner
from governance.dollar_tuning import DollarTuning
from governance.tuner import Direction, Key, Tuning

MONDAY = date(2026, 1, 5)
TUNING = replace(tuner.begun(Key("clerk", "refund")), limits=Limits(0.8, 100.0))


def week(number: int, harm: bool = False) -> TuningWeek:
    amounts = [10.0 + n for n in range(200)]
    labels = tuple(Label(0.9, harm, 1.0, amount=amount) for amount in amounts)
    decided = tuple(Decided(str(n), 0.9, amount) for n, amount in enumerate(amounts))
    return TuningWeek(MONDAY + timedelta(weeks=number), labels, decided)


def after(weeks: int, tuning: Tuning = TUNING, state: DollarTuning | None = None) -> DollarTuning:
    state = state or DollarTuning(tolerated=4.0)
    for number in range(weeks):
        state, _ = dollar_tuning.weekly(state, tuning, week(number))
    return state


def test_a_higher_limit_is_advised_with_a_replay_once_its_losses_are_known_to_be_small() -> None:
    state, advice = dollar_tuning.weekly(after(1), TUNING, week(1))
    assert advice is not None
    assert (advice.direction, advice.after) == (Direction.LOOSEN, Limits(0.8, 150.0))
    assert advice.reason == "less than 4 dollars a case are lost up to 150 dollars"
    assert advice.replayed is not None
    assert advice.replayed.newly_alone == 50
    raised = dollar_tuning.raised(state, week(1).ended)
    higher = replace(TUNING, limits=Limits(0.8, 150.0))
    state, soon = dollar_tuning.weekly(raised, higher, week(2))
    assert soon is None  # it rests for two weeks
    assert dollar_tuning.weekly(state, higher, week(3))[1] is not None


def test_one_week_or_much_harm_raises_nothing() -> None:
    assert dollar_tuning.weekly(DollarTuning(4.0), TUNING, week(0))[1] is None
    state = DollarTuning(4.0)
    for number in range(4):
        state, advice = dollar_tuning.weekly(state, TUNING, week(number, harm=True))
        assert advice is None


def test_the_threshold_comes_first_and_the_limit_two_weeks_later() -> None:
    fresh = replace(TUNING, loosened_on=MONDAY)
    state = after(1, fresh)
    assert dollar_tuning.weekly(state, fresh, week(1))[1] is None
    assert dollar_tuning.weekly(state, fresh, week(2))[1] is not None


def test_another_threshold_is_another_question() -> None:
    state, _ = dollar_tuning.weekly(after(3), replace(TUNING, limits=Limits(0.7, 100.0)), week(3))
    assert state.evidence is not None
    assert (state.evidence.confidence, state.evidence.weeks) == (0.7, 1)


def test_nothing_is_learned_without_a_limit_or_while_a_page_is_open() -> None:
    for limits in (ESCALATE_ALL, Limits(0.8, None)):
        other = replace(TUNING, limits=limits)
        assert dollar_tuning.weekly(after(2), other, week(2)) == (DollarTuning(4.0), None)
    paged = replace(TUNING, set_aside=TUNING.evidence)
    assert dollar_tuning.weekly(after(2), paged, week(2)) == (DollarTuning(4.0), None)


def test_evidence_is_for_a_term() -> None:
    short = replace(TUNING, rules=tuner.Rules(term_weeks=3))
    state = after(4, short)
    assert state.evidence is not None
    assert state.evidence.weeks == 0
