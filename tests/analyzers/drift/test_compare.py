"""Are versions called different or equivalent wrongly no more often than stated, on any day?"""

import numpy as np
import pytest
from scipy import integrate, stats

from analyzers.drift.compare import Verdict, beyond, compare, differ
from domain.errors import InvalidInput


@pytest.mark.parametrize("side", [0, 1, -1])
def test_the_evidence_is_the_mean_over_differences_of_students_t(side: int) -> None:
    differences = np.array([0.3, 1.1, -0.2, 0.9, 0.6])
    n = len(differences)
    t = float(stats.ttest_1samp(differences, 0.0).statistic)

    def over(shift: float, sd: float) -> float:
        half = 2.0 * (side * shift > 0) if side else 1.0
        chance = stats.nct.pdf(t, n - 1, shift * np.sqrt(n))
        return float(chance * half * stats.norm.pdf(shift, scale=sd))

    plain = stats.t.pdf(t, n - 1)
    expected = np.mean([
        integrate.quad(over, -6 * sd, 6 * sd, args=(sd,), limit=200, points=[0.0])[0] / plain
        for sd in (0.5, 1.0, 2.0)
    ])  # fmt: skip
    found = beyond(differences, 0.0, side)[-1]
    assert found == pytest.approx(expected, rel=1e-4)


def test_looking_every_day_equal_versions_are_called_different_once_in_twenty_at_most() -> None:
    differences = np.random.default_rng(1).normal(size=(30, 4000))
    assert float(np.mean(differ(differences).max(axis=0) >= 20)) <= 0.05


@pytest.mark.parametrize("apart", [1.0, 1.5])
def test_versions_too_far_apart_are_called_within_once_in_twenty_at_most(apart: float) -> None:
    differences = apart + np.random.default_rng(2).normal(size=(30, 4000))
    assert float(np.mean(beyond(differences, 1.0, -1).max(axis=0) >= 20)) <= 0.05


def test_a_difference_is_found_and_stays_found() -> None:
    rng = np.random.default_rng(3)
    older = rng.normal(size=40)
    newer = older + rng.normal(1.0, 0.5, 40)
    found = compare(newer, older, allowed=0.2)
    assert found.verdict is Verdict.DIFFERENT
    assert found.windows == 40
    assert found.difference == pytest.approx(1.0, abs=0.3)
    undone = compare(np.append(newer, older - 9), np.append(older, older), allowed=0.2)
    assert undone.differ >= found.differ >= 20


def test_days_that_move_both_cancel() -> None:
    rng = np.random.default_rng(4)
    days = rng.normal(0, 10, 30)
    found = compare(days + rng.normal(0, 0.2, 30), days + rng.normal(0, 0.2, 30), allowed=0.5)
    assert found.verdict is Verdict.EQUIVALENT
    assert min(found.below, found.above) >= 20


def test_a_tiny_but_certain_difference_is_equivalent() -> None:
    rng = np.random.default_rng(5)
    found = compare(rng.normal(0.1, 0.05, 60), np.zeros(60), allowed=0.5)
    assert found.differ >= 20
    assert found.verdict is Verdict.EQUIVALENT


@pytest.mark.parametrize("windows", [0, 1, 2])
def test_of_few_windows_nothing_is_said(windows: int) -> None:
    found = compare(np.linspace(1, 1.3, windows), np.zeros(windows), allowed=0.5)
    assert found.verdict is Verdict.UNDECIDED
    assert found.windows == windows


def test_versions_without_any_noise_are_no_error() -> None:
    assert compare(np.ones(9), np.ones(9), allowed=0.1).verdict is Verdict.EQUIVALENT


@pytest.mark.parametrize(("windows", "allowed"), [(3, 0.1), (4, 0.0)])
def test_other_windows_or_nothing_allowed_is_refused(windows: int, allowed: float) -> None:
    with pytest.raises(InvalidInput, match="same windows"):
        compare(np.zeros(windows), np.zeros(4), allowed)
