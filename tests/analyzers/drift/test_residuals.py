"""Is what is usual robust, and are equal windows equal?"""

import numpy as np
import pytest
from scipy import stats

from analyzers.drift import residuals


def test_the_middle_is_the_trimmed_mean_of_what_is_there() -> None:
    rng = np.random.default_rng(1)
    value = rng.standard_cauchy((50, 30)).astype(np.float32)
    which = rng.random((50, 30)) < 0.6
    expected = [
        stats.trim_mean(row[some], 0.25) for row, some in zip(value, which, strict=True)
    ]  # fmt: skip
    assert residuals.middles(value, which) == pytest.approx(expected, rel=1e-5)


def test_of_nothing_there_is_no_middle() -> None:
    value = np.array([[1.0, np.nan]], np.float32)
    assert np.isnan(residuals.middles(value, np.array([[False, True]]))).all()


def test_a_quarter_of_odd_days_moves_nothing() -> None:
    value = np.array([[1, 1, 1, 1e9, 1, 1, 1, -5e9]], np.float32)
    assert residuals.middles(value, np.ones((1, 8), np.bool_)).tolist() == [1.0]


def test_equal_windows_of_a_stratum_have_equal_residuals_and_a_lone_one_has_none() -> None:
    value = np.array([[0.1, 0.1, 0.3, 5.0, np.nan]], np.float32)
    stratum = np.array([[0, 0, 0, 1, 0]], np.uint8)
    count = np.array([[3, 1]])
    middle = np.array([[0.15, 5.0]])
    first, second, third, lone, none = residuals.residuals(value, stratum, middle, count)[0]
    assert first == second
    assert np.isnan(lone)
    assert np.isnan(none)
    assert third == pytest.approx(0.15 * np.sqrt(1.5))
