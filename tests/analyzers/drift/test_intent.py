"""Are wishes that change told apart from answers that change?"""

from collections import Counter

import numpy as np
import pytest

from analyzers.drift import intent
from analyzers.drift.intent import Run

BASELINE = np.array([[800, 200], [100, 400]])


def test_other_wishes_alone_leave_the_standardised_mix_as_it_was() -> None:
    other = np.array([[[80, 20], [200, 800]]])
    usual = intent.standardised(BASELINE[None], BASELINE)
    assert intent.standardised(other, BASELINE) == pytest.approx(usual)
    assert usual[0] == pytest.approx([0.6, 0.4])


def test_other_answers_move_it() -> None:
    other = np.array([[[500, 500], [100, 400]]])
    assert intent.standardised(other, BASELINE)[0] == pytest.approx([0.4, 0.6])


def test_an_intent_of_few_runs_is_taken_over_the_week_and_else_as_usual() -> None:
    days = np.array([[[80, 20], [0, 3]]] * 7)
    mixes = intent.standardised(days, BASELINE)
    assert mixes[0] == pytest.approx([0.6, 0.4])  # three runs say nothing: as usual
    assert mixes[6] == pytest.approx(
        [2 / 3 * 0.8, 2 / 3 * 0.2 + 1 / 3]
    )  # 21 say: always the second


def test_the_exposure_is_that_of_the_scarcest_intent() -> None:
    even = intent.standardised_exposure(np.array([[[600, 400], [100, 400]]]), BASELINE)
    scarce = intent.standardised_exposure(np.array([[[1000, 450], [25, 25]]]), BASELINE)
    assert even[0] == pytest.approx(1500)
    assert scarce[0] < 500


def test_answering_everything_alike_lowers_the_alignment() -> None:
    assert intent.alignment(np.zeros((2, 2), np.int64)) == 0
    assert intent.alignment(BASELINE) > 0.1
    rng = np.random.default_rng(1)
    alike = [
        intent.alignment(rng.multinomial(500, np.full(9, 1 / 9)).reshape(3, 3)) for _ in range(200)
    ]
    assert float(np.mean(alike)) == pytest.approx(0, abs=0.001)


def runs(many: int, rng: np.random.Generator, odd: float = 0.0) -> Counter[Run]:
    """Refunds are verified, mostly; questions are answered."""
    made: Counter[Run] = Counter()
    for _ in range(many):
        if rng.random() < 0.3:
            made["question", ("search",) * int(rng.integers(1, 4)) + ("answer",)] += 1
        elif rng.random() < odd:
            made["refund", ("search", "answer")] += 1
        else:
            looks = ("look",) * int(rng.integers(1, 3))
            made["refund", ("verify", *looks, "refund")] += 1
    return made


def test_runs_as_usual_are_off_intent_as_seldom_as_stated_and_others_are_not() -> None:
    rng = np.random.default_rng(2)
    model = intent.learn(runs(800, rng), runs(2000, rng))
    off, of = intent.off_intent(model, runs(2000, rng))
    assert off / of <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 2000)
    off, of = intent.off_intent(model, runs(500, rng, odd=0.3))
    assert off / of >= 0.15
    strange: Run = ("refund", ("search", "answer"))
    assert intent.oddest(model, runs(3, rng) | Counter([strange]), most=1) == [strange]


def test_a_window_of_the_baseline_is_held_against_the_others() -> None:
    rng = np.random.default_rng(5)
    windows = [runs(300, rng) for _ in range(9)]
    usual = intent.off_in_baseline([*windows, runs(300, rng)])
    strange = intent.off_in_baseline([*windows, runs(300, rng, odd=0.2)])
    assert [of for _, of in usual] == [300] * 10
    assert usual[-1][0] < 30 < strange[-1][0]
    assert strange[0][0] < 30


def test_an_intent_that_was_never_seen_is_judged_by_all() -> None:
    rng = np.random.default_rng(3)
    model = intent.learn(runs(400, rng), runs(300, rng))
    assert model.chance_of("poetry", ("search", "answer")) > 0.05
    assert model.chance_of("poetry", ("write", "rhyme")) < 0.05


def test_an_intent_with_few_runs_held_back_is_judged_by_all() -> None:
    rng = np.random.default_rng(4)
    model = intent.learn(runs(2000, rng), runs(700, rng))
    assert set(model.own) == {"question", "refund"}
    fewer = intent.learn(runs(2000, rng), runs(250, rng))
    assert set(fewer.own) == set()
    assert fewer.chance_of("refund", ("answer", "pay")) == pytest.approx(1 / 251)


def test_the_smallest_chance_that_can_be_said_follows_from_how_many_were_held_back() -> None:
    model = intent.learn({("a", ("x",)): 1}, {("a", ("x",)): 9})
    assert model.chance_of("a", ("y",)) == pytest.approx(1 / 10)
    assert model.chance_of("a", ("x",)) == 1
