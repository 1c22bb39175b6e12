"""Do the weekly figures hold what they promise, and are they silent where they would not?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from domain.errors import InvalidInput
from domain.reviewing import FrameCase, Interval, Reviewed, Verdict
from governance import estimates
from governance.estimates import Reliance, harm_rate, weighted_rate
from governance.sampling import chances


def reviews(verdicts: str, pi: float | None = 0.1, m: float | None = None) -> list[Reviewed]:
    """h, f or s each: harm, fine, skipped."""
    of = {"h": Verdict.HARM, "f": Verdict.FINE, "s": Verdict.SKIPPED}
    return [Reviewed(f"d{n}", of[letter], pi, m) for n, letter in enumerate(verdicts)]


def test_with_equal_chances_the_interval_is_the_exact_one_of_poisson_counts() -> None:
    # Garwood (1936): [chi2(a/2, 2k)/2, chi2(1-a/2, 2k+2)/2] for k events; over the sample size.
    found = harm_rate(reviews("h" * 4 + "f" * 96, 0.02), 5000).gated
    assert found.estimate == pytest.approx(0.04)
    assert found.low == pytest.approx(chi2.ppf(0.05, 8) / 2 / 100)
    assert found.high == pytest.approx(chi2.ppf(0.95, 10) / 2 / 100)


def test_without_harm_the_upper_bound_is_the_rule_of_three() -> None:
    found = weighted_rate([0.0] * 100, [50.0] * 100, 5000)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(-np.log(0.05) / 100)  # 3.0 / 100


def test_without_any_case_the_rate_may_be_anything() -> None:
    assert harm_rate([], 100).gated == Interval(0.0, 0.0, 1.0)


def test_no_bound_is_above_one() -> None:
    found = weighted_rate([1.0, 1.0], [5.0, 5.0], 4)
    assert found.estimate == found.high == 1.0


def test_a_skipped_case_counts_as_harm_for_gates_and_both_readings_are_shown() -> None:
    found = harm_rate(reviews("hsff", 1.0), 4)
    assert found.gated.estimate == 0.5
    assert found.answered.estimate == 0.25
    assert (found.drawn, found.harms, found.skipped) == (4, 1, 1)


def test_cases_that_were_added_by_hand_never_enter() -> None:
    drawn = reviews("hfff", 0.5)
    assert harm_rate([*drawn, *reviews("hhhh", None)], 8) == harm_rate(drawn, 8)


def test_weeks_are_pooled_by_their_frames() -> None:
    week = reviews("hfff", 0.5)
    assert estimates.pooled([(week, 8), (week, 8)]).gated.estimate == pytest.approx(0.25)


@pytest.mark.parametrize(("harm", "wanted"), [(0.011, 120), (0.04, 120), (0.15, 120)])
def test_nine_intervals_in_ten_hold_the_truth(harm: float, wanted: int) -> None:
    rng = np.random.default_rng(5)
    risk = rng.beta(0.5, 0.5 / harm - 0.5, 2000)
    harmed = rng.random(2000) < risk
    cases = [FrameCase(str(n), "a", "x", 1.0, float(m)) for n, m in enumerate(risk)]
    pi = np.array([pi for pi, _ in chances(cases, wanted, 0.6)])
    held, truth = 0, harmed.mean()
    for _ in range(400):
        drawn = rng.random(2000) < pi
        found = weighted_rate(harmed[drawn].tolist(), (1 / pi[drawn]).tolist(), 2000)
        held += found.low <= truth <= found.high
    assert binomtest(held, 400, 0.90, alternative="less").pvalue > 0.01


@given(st.lists(st.sampled_from("hfs"), min_size=1, max_size=40), st.floats(0.05, 1))
def test_the_rate_lies_in_its_interval(verdicts: list[str], pi: float) -> None:
    found = harm_rate(reviews("".join(verdicts), pi), 100).gated
    assert 0 <= found.low <= found.estimate <= found.high <= 1


@pytest.mark.parametrize("pi", [0.0, 1.5, -0.1])
def test_a_chance_that_is_none_is_refused(pi: float) -> None:
    with pytest.raises(InvalidInput, match="pi"):
        harm_rate(reviews("h", pi), 10)


@pytest.mark.parametrize(("size", "level"), [(0, 0.9), (10, 1.0)])
def test_a_frame_or_level_that_is_none_is_refused(size: int, level: float) -> None:
    with pytest.raises(InvalidInput, match="frame_size"):
        weighted_rate([1.0], [1.0], size, level)


def test_reviewers_who_found_all_gold_cases_still_may_miss_some() -> None:
    # Clopper and Pearson with all of n found: level^(1/n).
    assert estimates.sensitivity_low(20, 20) == pytest.approx(0.1 ** (1 / 20))
    assert estimates.sensitivity_low(0, 20) == 0.0
    with pytest.raises(InvalidInput, match="found"):
        estimates.sensitivity_low(3, 2)


def past(count: int) -> list[Reviewed]:
    """A classifier that is right: harm where it says 0.9, fine where it says 0.1."""
    return reviews("h" * count, 1.0, 0.9) + reviews("f" * 3 * count, 1.0, 0.1)


def test_a_classifier_that_is_right_is_relied_on_in_proportion() -> None:
    relied = estimates.reliance(past(20), past(20))
    # cov / var = (0.25 x 0.75 x 0.8) / (0.25 x 0.75 x 0.64)
    assert relied.weight == pytest.approx(1.25)
    assert relied.harms_seen == 40
    assert relied.residual_share == pytest.approx(0.0, abs=1e-9)
    assert relied.helps


def test_a_classifier_is_not_used_before_it_has_shown_that_it_helps() -> None:
    assert not estimates.reliance(past(10), past(10)).helps  # 20 harms in all
    blind = reviews("h" * 40 + "f" * 60, 1.0, 0.3)
    useless = estimates.reliance(blind, blind)
    assert (useless.weight, useless.residual_share, useless.helps) == (0.0, 1.0, False)
    assert estimates.difference(past(40), 160, 48.0, useless) is None


def test_where_nothing_was_harm_a_classifier_explains_nothing() -> None:
    assert estimates.reliance([], reviews("ffff", 1.0, 0.2)).residual_share == 1.0


def test_the_corrected_sum_is_the_truth_where_all_were_looked_at() -> None:
    found = estimates.difference(past(30), 120, 30 * 0.9 + 90 * 0.1, Reliance(0.7, 60, 0.2))
    assert found is not None
    assert found.estimate == pytest.approx(0.25)
    assert found.interval is not None
    assert found.interval.high == pytest.approx(found.interval.low)  # each case had pi = 1


def test_its_interval_is_withheld_where_it_would_be_too_short() -> None:
    few = [*reviews("h" * 19 + "f" * 100, 0.5, 0.1), *reviews("hh", None)]
    found = estimates.difference(few, 240, 24.0, Reliance(1.0, 60, 0.2))
    assert found is not None
    assert found.interval is None


def test_the_corrected_sum_is_unbiased() -> None:
    rng = np.random.default_rng(3)
    risk = rng.uniform(0, 0.5, 400)
    harmed = rng.random(400) < risk
    found = []
    for _ in range(300):
        drawn = np.flatnonzero(rng.random(400) < 0.3)
        sample = [
            Reviewed(str(n), Verdict.HARM if harmed[n] else Verdict.FINE, 0.3, float(risk[n]))
            for n in drawn
        ]
        one = estimates.difference(sample, 400, float(risk.sum()), Reliance(0.9, 60, 0.5))
        assert one is not None
        found.append(one.estimate)
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(harmed.mean(), abs=4 * error)
