"""Are two groups of like runs called different no more often than stated, and others found?"""

from dataclasses import replace

import numpy as np
import pytest

from analyzers.drift import groups
from analyzers.drift.groups import compare
from analyzers.drift.run_channels import channels
from domain.comparison import Run, Verdict
from tests.analyzers.drift.some_runs import runs


@pytest.fixture
def few_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quicker, and as valid."""
    monkeypatch.setattr(groups, "SPLITS", 99)


@pytest.mark.usefixtures("few_splits")
def test_halves_of_like_runs_are_called_different_less_often_than_stated() -> None:
    found = [compare(runs(15, 2 * seed, "a"), runs(20, 2 * seed + 1, "b")) for seed in range(40)]
    assert np.mean([one.verdict is Verdict.DRIFT for one in found]) <= 0.05
    # The share of splits that say as much is a p value, and the e-value is never surer than it.
    assert np.mean([one.p_value <= 0.1 for one in found]) <= 0.1 + 2 * np.sqrt(0.09 / 40)
    assert all(one.p_value <= 1.0 / one.e_value + 1e-9 for one in found)
    assert np.mean([one.e_value for one in found]) <= 1.5


@pytest.mark.usefixtures("few_splits")
def test_e_values_of_splits_are_one_on_average() -> None:
    some = runs(12, 1, "a") + runs(12, 2, "b")
    known = channels(some)
    newer = np.arange(24) >= 12
    splits = groups._splits([run.trace_id for run in some], newer)[:60]
    each = [
        groups._evidence(known, np.roll(splits, place, axis=0), splits[-place])
        for place in range(60)
    ]
    assert np.mean([one.whole for one in each]) == pytest.approx(1.0)
    assert np.mean([one.families["tools"] for one in each]) == pytest.approx(1.0)
    assert np.mean([one.channels for one in each], axis=0) == pytest.approx(np.ones(len(known)))


def test_longer_runs_are_found_and_the_ratio_is_told() -> None:
    found = compare(runs(40, 1, "a"), runs(40, 2, "b", longer=2.0))
    assert found.verdict is Verdict.DRIFT
    assert found.e_value >= 20
    assert found.families["length"] > 100 > 20 > found.families["tools"]
    steps = next(one for one in found.channels if one.channel == "steps")
    assert steps.named
    assert steps.effect.low < 2.0 < steps.effect.high
    assert steps.effect.practical
    assert found.reason.startswith("they differ most in length ")


def test_another_mix_of_tools_is_found_and_the_tool_is_named() -> None:
    found = compare(runs(60, 3, "a"), runs(60, 4, "b", pays=0.55))
    assert found.verdict is Verdict.DRIFT
    pay = next(one for one in found.channels if (one.family, one.channel) == ("tools", "pay"))
    assert pay.named
    assert pay.effect.low < 0.3 < pay.effect.high
    assert not any(one.named for one in found.channels if one.family == "decisions")


@pytest.mark.usefixtures("few_splits")
def test_of_many_like_runs_it_can_say_that_they_are_alike() -> None:
    found = compare(runs(700, 5, "a"), runs(700, 6, "b"))
    assert found.verdict is Verdict.NO_DRIFT
    alike = sum(one.equivalent for one in found.channels)
    assert alike >= 5
    assert found.reason.endswith(f"{alike} of {len(found.channels)} channels are certainly alike")


@pytest.mark.usefixtures("few_splits")
def test_the_order_of_runs_changes_nothing() -> None:
    old, new = runs(30, 7, "a"), runs(30, 8, "b", longer=1.3)
    assert compare(old[::-1], new[::-1]) == compare(old, new)


@pytest.mark.usefixtures("few_splits")
def test_a_run_in_both_groups_is_a_candidate_only() -> None:
    old, new = runs(30, 9, "a"), runs(20, 10, "b")
    found = compare(old + new[:5] + old[:3], new + new[:2])
    assert (found.baseline, found.candidate, found.shared) == (30, 20, 5)
    assert replace(found, shared=0) == compare(old, new)


@pytest.mark.parametrize(("old", "new"), [(9, 50), (50, 9), (0, 0)])
def test_few_runs_are_too_few(old: int, new: int) -> None:
    found = compare(runs(old, 1, "a"), runs(new, 2, "b", longer=5.0))
    assert found.verdict is Verdict.TOO_FEW
    assert f"{old} and {new} runs" in found.reason
    assert found.e_value == 1.0


def test_runs_of_which_nothing_varies_say_nothing() -> None:
    same = [Run(f"{n:02}", {"steps": 3.0}, ("a",)) for n in range(40)]
    found = compare(same[:20], same[20:])
    assert found.verdict is Verdict.TOO_FEW
    assert found.reason == "nothing that is recorded varies between them"


def test_scores_of_ranks_are_standard_and_equal_for_equal_values() -> None:
    scores = groups.normal_scores(np.array([3.0, 1.0, np.nan, 1.0, 8.0, 2.0]))
    assert scores[1] == scores[3] == scores.min()
    assert scores[2] == 0.0
    assert scores.sum() == pytest.approx(0.0)
    assert np.sum(scores**2) / 5 == pytest.approx(1.0)
