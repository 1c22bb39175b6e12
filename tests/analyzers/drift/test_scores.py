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
    made = {
        "normal": lambda: rng.normal(size=shape),
        "cauchy": lambda: rng.standard_cauchy(shape),
        "coins": lambda: rng.integers(0, 3, shape).astype(np.float64),
        "constant": lambda: np.zeros(shape),
    }
    return made[kind]()


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


def test_scores_of_tails_that_fall_as_assumed_stay_normal() -> None:
    rng = np.random.default_rng(2)
    x = stats.t.rvs(3, size=(20_000, 29), random_state=rng).astype(np.float32)
    found = scores.normal_scores(x[:, -1], x[:, :-1], rng.random(20_000), DAYS)
    assert float(np.mean(np.abs(found) > 2.5)) <= 2.2 * stats.norm.sf(2.5) * 2


def test_clipping_is_what_a_plain_reading_says() -> None:
    rng = np.random.default_rng(3)
    past = rng.standard_cauchy((500, 31)).astype(np.float32)
    past[:250, 10:] = np.nan
    new = (rng.standard_cauchy(500) * 4).astype(np.float32)
    limit = 2.0 * 1.4826 * np.nanmedian(np.abs(past).astype(np.float64), axis=1)
    found = scores.clipped(new, past, 2.0)
    assert found == pytest.approx(np.clip(new.astype(np.float64), -limit, limit), abs=1e-5)
    assert 0 < np.count_nonzero(found != new) < 500
