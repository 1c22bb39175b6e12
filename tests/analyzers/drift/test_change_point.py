"""Is a change dated by what a plain integration says, and is the set as sure as it claims?"""

import numpy as np
import pytest
from scipy import integrate, stats

from analyzers.drift.arrays import Floats
from analyzers.drift.change_point import (
    change,
    log_factors,
    posterior,
    since_when,
    steps,
)
from domain.errors import InvalidInput

WEEK = np.arange(60) % 7


def test_a_fit_is_that_of_least_squares() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 2)) + (WEEK >= 5)[:, None]
    fits = steps(x, WEEK)
    at = 33
    design = np.column_stack([*np.eye(7)[WEEK].T, np.arange(60) >= at])
    coefficients, rss, *_ = np.linalg.lstsq(design, x, rcond=None)
    assert fits.shift[at - 1] == pytest.approx(coefficients[-1])
    assert fits.rss[at - 1] == pytest.approx(rss)
    assert fits.freedom == 60 - 8


def test_the_factor_is_the_mean_over_steps_of_students_t() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(20, 1))
    x[12:] += 1.0
    fits = steps(x, np.zeros(20, np.intp))
    at = 12 - 1
    t, weight = float(np.sqrt(fits.t_squared[at, 0])), float(fits.weight[at])

    def over(shift: float, sd: float) -> float:
        chance = stats.nct.pdf(t, fits.freedom, shift * np.sqrt(weight))
        return float(chance * stats.norm.pdf(shift, scale=sd))

    plain, peak = stats.t.pdf(t, fits.freedom), t / np.sqrt(weight)
    expected = np.mean([
        integrate.quad(over, -5 * sd, 5 * sd, args=(sd,), limit=200, points=[peak])[0] / plain
        for sd in (1.0, 4.0)
    ])  # fmt: skip
    found = np.exp(log_factors(fits)[at, 0])
    assert found == pytest.approx(expected, rel=1e-4)


def dated(shift: float, rng: np.random.Generator) -> tuple[bool, int]:
    x = rng.normal(size=(60, 1))
    at = int(rng.integers(20, 50))
    x[at:] += shift
    found = since_when(x, WEEK)
    return at in found.windows, abs(found.window - at)


def test_the_set_holds_the_day_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    found = [dated(2.5, rng) for _ in range(150)]
    assert float(np.mean([held for held, _ in found])) >= 0.9
    assert float(np.mean([away <= 1 for _, away in found])) >= 0.85


def test_channels_that_changed_together_date_it_together() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(60, 6))
    x[40:, :2] += 3.0
    found = since_when(x, WEEK, first_window=1000)
    assert found.window == 1040
    assert found.first <= 1040 <= found.last
    assert found.mass >= 0.9


def test_night_after_day_is_no_change() -> None:
    strata = np.repeat([0, 1, 1, 0], 10)
    x = 5.0 * strata[:, None] + np.random.default_rng(5).normal(size=(40, 1))
    assert float(log_factors(steps(x, strata)).max()) < np.log(100)
    assert float(log_factors(steps(x, np.zeros(40, np.intp))).max()) > np.log(100)


def test_what_else_moves_the_mean_is_taken_out() -> None:
    rng = np.random.default_rng(6)
    volume = np.linspace(0, 8, 60)
    x = (volume + rng.normal(0, 0.5, 60))[:, None]
    plain = log_factors(steps(x, WEEK)).max()
    known = log_factors(steps(x, WEEK, volume[:, None])).max()
    assert known < np.log(20) < plain


def test_old_changes_are_left_out() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(60, 1))
    x[10:] += 5.0
    assert since_when(x, WEEK).window == 10
    assert since_when(x, WEEK, memory_windows=30).first >= 30


def test_a_window_that_nothing_tells_from_its_stratum_is_not_taken_for_a_change() -> None:
    strata = np.array([0] * 9 + [1])
    fits = steps(np.random.default_rng(8).normal(size=(10, 1)), strata)
    assert fits.weight[8] == 0
    assert fits.shift[8, 0] == 0
    assert log_factors(fits)[8, 0] == pytest.approx(0)


def test_channels_that_never_vary_give_no_number_that_is_none() -> None:
    assert np.isfinite(log_factors(steps(np.zeros((20, 1)), np.zeros(20, np.intp)))).all()


def test_too_few_windows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="wait for more windows"):
        steps(np.zeros((8, 1)), np.arange(8) % 7)


@pytest.mark.parametrize(
    ("chances", "windows", "mass"),
    [([0.05, 0.9, 0.05], (2,), 0.9), ([0.5, 0.1, 0.4], (1, 3), 0.9), ([1.0], (1,), 1.0)],
)
def test_the_set_is_the_smallest(
    chances: list[float], windows: tuple[int, ...], mass: float
) -> None:
    found = change(np.array(chances))
    assert found.windows == windows
    assert found.mass == pytest.approx(mass)


def test_chances_sum_up_to_one_however_large_the_factors() -> None:
    factors: Floats = np.array([[800.0], [810.0], [0.0]])
    found = posterior(factors)
    assert found.sum() == pytest.approx(1)
    assert found[1] > 0.999


def test_freed_of_neighbours_a_fit_is_that_of_generalised_least_squares() -> None:
    rng = np.random.default_rng(9)
    x, rho, at = rng.normal(size=60), 0.5, 33
    fits = steps(x[:, None], WEEK, rho=rho)
    design = np.column_stack([*np.eye(7)[WEEK].T, np.arange(60) >= at])
    apart = np.abs(np.arange(60)[:, None] - np.arange(60))
    precision = np.linalg.inv(rho**apart) * (1 - rho**2)
    expected = np.linalg.solve(design.T @ precision @ design, design.T @ precision @ x)
    rest = x - design @ expected
    assert fits.shift[at - 1, 0] == pytest.approx(expected[-1])
    assert fits.rss[at - 1, 0] == pytest.approx(rest @ precision @ rest)


def test_days_that_resemble_each_other_are_dated_as_surely_as_claimed() -> None:
    rng = np.random.default_rng(10)
    held = []
    for _ in range(120):
        x = rng.normal(size=70)
        for window in range(1, len(x)):
            x[window] += 0.6 * x[window - 1]
        at = int(rng.integers(30, 50))
        x[at:] += 3.0
        found = [since_when(x[:, None], np.arange(70) % 7, rho=rho) for rho in (0.6, 0.0)]
        held.append([at in one.windows for one in found])
    freed, plain = np.mean(held, axis=0).tolist()
    assert plain < 0.85 < 0.88 <= freed
