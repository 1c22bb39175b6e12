"""Are the scores of exchangeable windows standard normal, whatever the windows are like?"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from analyzers.drift import scores
from analyzers.drift.arrays import Floats
from analyzers.drift.settings import DAYS

FREE = replace(DAYS, tail_power=0.0)


def draws(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Windows of one kind."""
    if kind == "coins":
        return rng.integers(0, 3, shape).astype(np.float64)
    if kind == "constant":
        return np.zeros(shape)
    return rng.normal(size=shape) if kind == "normal" else rng.standard_cauchy(shape)


@pytest.mark.parametrize("kind", ["normal", "cauchy", "coins", "constant"])
def test_without_an_assumption_on_tails_any_windows_give_normal_scores(kind: str) -> None:
    rng = np.random.default_rng(1)
    x = draws(kind, (4000, 40), rng).astype(np.float32)
    found = scores.normal_scores(x[:, -1], x[:, :-1], rng.random(4000), FREE)
    assert stats.kstest(found, "norm").pvalue > 0.01


def test_what_is_missing_in_the_past_does_not_count() -> None:
    past = np.array([[1.0, np.nan, 3.0, np.nan, 2.0]], np.float32)
    new, chance = np.array([1.5], np.float32), np.array([0.5])
    found = scores.normal_scores(new, past, chance, FREE)
    assert found == pytest.approx(stats.norm.ppf(1.5 / 4))


def test_farther_than_everything_seen_is_surer_the_farther_it_is() -> None:
    past = np.linspace(-1, 1, 21, dtype=np.float32)[None].repeat(4, axis=0)
    new = np.array([1.0001, 2.0, -2.0, 1e6], np.float32)
    up, far, down, farthest = scores.normal_scores(new, past, np.full(4, 0.5), DAYS).tolist()
    assert up == pytest.approx(stats.norm.isf(0.5 / 22), abs=1e-3)
    assert far == pytest.approx(stats.norm.isf(0.5 / 22 * 2.0**-3), abs=1e-6)
    assert down == pytest.approx(-far)
    assert farthest == DAYS.score_max


def test_the_tail_says_more_of_windows_that_are_far_off_and_little_of_heavy_tails() -> None:
    rng = np.random.default_rng(2)
    x = stats.t.rvs(5, size=(20_000, 100), random_state=rng).astype(np.float32)
    found = scores.normal_scores(x[:, -1], x[:, :-1], rng.random(20_000), DAYS)
    assert float(np.mean(np.abs(found) > 3)) <= 5 * stats.norm.sf(3) * 2
    assert float(found.std()) == pytest.approx(1.0, abs=0.03)


def test_equal_windows_rank_highest_when_nothing_is_drawn() -> None:
    past, new = np.zeros((1, 9), np.float32), np.zeros(1, np.float32)
    found = scores.normal_scores(new, past, np.array([0.5]), replace(FREE, break_ties=False))
    assert found[0] == FREE.score_max


def test_the_middle_of_rows_of_any_length() -> None:
    rows = np.array([[3, 1, 2, np.nan], [4, np.nan, 1, np.nan], [np.nan, 7, np.nan, np.nan]])
    assert scores.medians(rows.astype(np.float32)).tolist() == [2.0, 2.5, 7.0]
