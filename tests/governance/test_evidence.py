"""Is evidence strong where it should be, and never where nothing supports it?"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, binomtest

from domain.errors import InvalidInput
from domain.tuning import Label
from governance.evidence import (
    GRID,
    Counted,
    Weighted,
    log_e_harm,
    log_e_safe,
    log_gains,
    log_mean_exp,
)

ALPHA = 0.02


def mixture(harms: int, labels: int, alpha: float, a: float, b: float, below: bool) -> float:
    """The mean of likelihood ratios against alpha under a cut Beta prior, by quadrature."""
    low, high = (0.0, alpha) if below else (alpha, 1.0)
    mass = beta.cdf(high, a, b) - beta.cdf(low, a, b)

    def ratio(p: float) -> float:
        log = harms * math.log(p / alpha) + (labels - harms) * math.log((1 - p) / (1 - alpha))
        return math.exp(log) * float(beta.pdf(p, a, b))

    return float(quad(ratio, low + 1e-15, high - 1e-15, limit=500)[0]) / float(mass)


@pytest.mark.parametrize(("harms", "labels"), [(0, 100), (1, 300), (3, 400), (9, 200)])
def test_evidence_of_safety_is_the_mixture_that_it_claims_to_be(harms: int, labels: int) -> None:
    truth = mixture(harms, labels, ALPHA, 0.5, 0.25 / ALPHA, below=True)
    assert math.exp(log_e_safe(harms, labels, ALPHA)) == pytest.approx(truth, rel=1e-4)


@pytest.mark.parametrize(("harms", "labels"), [(0, 20), (2, 30), (8, 60)])
def test_evidence_of_harm_is_the_mixture_that_it_claims_to_be(harms: int, labels: int) -> None:
    truth = mixture(harms, labels, ALPHA, 1.0, 8.0, below=False)
    assert math.exp(log_e_harm(harms, labels, ALPHA)) == pytest.approx(truth, rel=1e-4)


@pytest.mark.parametrize(("alpha", "labels"), [(0.05, 58), (0.02, 146), (0.01, 292), (0.005, 586)])
def test_without_harm_it_takes_as_many_labels_as_the_documentation_says(
    alpha: float, labels: int
) -> None:
    assert log_e_safe(0, labels, alpha) >= math.log(10)
    assert log_e_safe(0, labels - 2, alpha) < math.log(10)


def test_no_harm_is_ever_taken_for_safety_however_much_there_is() -> None:
    # Half of 1000 labels are harm: the posterior below alpha underflows.
    assert log_e_safe(500, 1000, ALPHA) == -math.inf
    assert log_e_safe(5000, 5000, ALPHA) == -math.inf
    assert log_e_harm(0, 100_000, 0.5) == -math.inf


@given(st.integers(0, 2000), st.integers(1, 2000), st.sampled_from([0.005, 0.02, 0.2]))
def test_labels_with_more_harm_than_alpha_speak_for_nothing(
    harms: int, more: int, alpha: float
) -> None:
    labels = max(1, math.floor(harms / alpha) - more) if harms else more
    labels = max(labels, harms)
    if harms > alpha * labels:
        assert log_e_safe(harms, labels, alpha) <= 0


def test_under_the_greatest_tolerated_risk_evidence_is_one_on_average() -> None:
    # All 2^12 outcomes with their probabilities: an e-value, exactly.
    labels = 12
    mean = sum(
        math.comb(labels, k) * 0.3**k * 0.7 ** (labels - k) * math.exp(log_e_safe(k, labels, 0.3))
        for k in range(labels + 1)
    )
    assert mean == pytest.approx(1.0)


def test_a_weighted_bet_is_one_on_average_under_the_greatest_tolerated_risk() -> None:
    alpha, pis = 0.2, (0.5, 1.0, 0.25)
    mean = 0.0
    for outcome in np.ndindex(*(3,) * len(pis)):  # not drawn, fine, harm
        chance, losses = 1.0, []
        for pi, what in zip(pis, outcome, strict=True):
            chance *= (1 - pi, pi * (1 - alpha), pi * alpha)[what]
            losses += [(pi, float(what == 2))] if what else []
        mean += chance * math.exp(log_mean_exp(log_gains(losses, alpha, 1, 0.25)))
    assert mean == pytest.approx(1.0)


def test_unsafe_thresholds_reach_the_bound_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(11)
    harms = rng.binomial(20, 0.1, (2000, 26)).cumsum(axis=1)
    labels = np.arange(20, 540, 20)
    ever = int((log_e_safe(harms, labels, 0.1).max(axis=1) >= math.log(10)).sum())
    assert binomtest(ever, 2000, 0.1, alternative="greater").pvalue > 0.001


def labels(*of: tuple[float, bool], pi: float | None = 1.0, uniform: bool = True) -> list[Label]:
    return [Label(confidence, harm, pi, uniform) for confidence, harm in of]


def test_counts_are_those_at_or_above_each_threshold() -> None:
    week = labels((0.95, False), (0.9, True), (0.5, False), (0.3, True))
    found = Counted.begun(ALPHA, (0.95, 0.9, 0.5)).added(week, 1.0)
    assert found.labels == (1, 2, 3)
    assert found.harms == (0, 1, 1)
    assert found.weeks == 1


def test_only_labels_drawn_evenly_are_counted() -> None:
    targeted = labels((0.9, True), uniform=False)
    by_hand = labels((0.9, True), pi=None)
    week = [*labels((0.9, False)), *targeted, *by_hand]
    found = Counted.begun(ALPHA, (0.9,)).added(week, 1.0)
    assert (found.labels, found.harms) == ((1,), (0,))


def test_the_most_evidence_there_ever_was_is_kept() -> None:
    good = Counted.begun(ALPHA, (0.5,)).added(labels(*[(0.9, False)] * 200), 1.0)
    bad = good.added(labels(*[(0.9, True)] * 50), 1.0)
    assert bad.sup == good.sup
    assert good.sup[0] > math.log(10)


@pytest.mark.parametrize("kind", [Counted, Weighted])
def test_evidence_that_was_kept_apart_adds_up(kind: type[Counted] | type[Weighted]) -> None:
    first, second = labels(*[(0.9, False)] * 40), labels((0.7, True), (0.9, False))
    begun = kind.begun(ALPHA, (0.9, 0.6))
    apart = begun.added(first, 1.0).joined(begun.added(second, 1.0))  # type: ignore[arg-type]
    assert apart == begun.added(first, 1.0).added(second, 1.0)
    assert apart.fresh() == begun


def test_a_weighted_case_counts_by_how_rarely_it_is_drawn() -> None:
    rare = Weighted.begun(ALPHA, (0.5,)).added(labels(*[(0.9, False)] * 100, pi=0.1), 0.1)
    common = Weighted.begun(ALPHA, (0.5,)).added(labels(*[(0.9, False)] * 100, pi=1.0), 0.1)
    assert rare.sup[0] > common.sup[0] > 0
    assert rare.labels == common.labels == (100,)


def test_weighted_evidence_leaves_out_what_was_added_by_hand() -> None:
    begun = Weighted.begun(ALPHA, (0.5,))
    by_hand = begun.added(labels((0.9, True), pi=None), 0.5)
    assert (by_hand.harms, by_hand.log_bets) == ((0,), begun.log_bets)


@pytest.mark.parametrize("pi_min", [0.5, 0.0, 1.5])
def test_a_least_chance_that_is_none_is_refused(pi_min: float) -> None:
    with pytest.raises(InvalidInput, match="pi_min"):
        Weighted.begun(ALPHA, (0.5,)).added(labels((0.9, False), pi=0.1), pi_min)


def test_the_usual_grid_goes_from_strict_to_loose() -> None:
    assert (GRID[0], GRID[-1], len(GRID)) == (0.98, 0.5, 25)
    assert sorted(GRID, reverse=True) == list(GRID)
