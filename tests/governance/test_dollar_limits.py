"""Is a limit in dollars raised only where the losses below it are known to be small?"""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import binomtest

from domain.tuning import Label
from governance.dollar_limits import LIMITS, STEP_MAX, DollarEvidence

STRONG = 10.0


def evidence(**fields: object) -> DollarEvidence:
    begun = DollarEvidence.begun(0.8, 4.0, (50, 75, 100, 150))
    return replace(begun, **fields)  # type: ignore[arg-type]


def test_every_limit_can_be_reached_from_the_one_before() -> None:
    assert all(after <= STEP_MAX * before for before, after in pairwise(LIMITS))


def test_limits_are_certified_from_small_to_large_up_to_the_first_failure() -> None:
    found = evidence(sup=(STRONG, STRONG, 0.0, STRONG))
    assert found.certified() == (50, 75)


def test_a_limit_that_can_lose_no_more_than_is_tolerated_needs_no_labels() -> None:
    begun = DollarEvidence.begun(0.8, 60.0, (50, 75))
    assert begun.certified() == (50,)
    assert begun.added([Label(0.9, True, 1.0, amount=50.0)], 1.0).certified() == (50,)


def test_evidence_grows_with_harmless_cases_within_the_region_alone() -> None:
    inside = [Label(0.9, False, 1.0, amount=40.0)] * 50
    unsure = [Label(0.5, True, 1.0, amount=40.0)] * 50
    by_hand = [Label(0.9, True, None, amount=40.0)] * 50
    dear = [Label(0.9, True, 1.0, amount=120.0)] * 50
    found = evidence().added([*inside, *unsure, *by_hand, *dear], 1.0)
    assert found.labels == (50, 50, 50, 100)
    assert found.sup[0] > math.log(10)
    assert found.sup[3] == 0.0
    assert found.weeks == 1


def test_the_mean_loss_that_is_just_tolerated_gives_evidence_of_one_on_average() -> None:
    # Two cases of 50 dollars, each harm with 8 %: 4 dollars a case.
    def worth(harms: int) -> float:
        week = [Label(0.9, n < harms, 1.0, amount=50.0) for n in range(2)]
        found = evidence().added(week, 1.0)
        return float(np.mean(np.exp(found.log_bets[0])))

    mean = 0.92**2 * worth(0) + 2 * 0.92 * 0.08 * worth(1) + 0.08**2 * worth(2)
    assert mean == pytest.approx(1.0)


def test_the_next_limit_is_within_one_and_a_half_times_the_current() -> None:
    held = evidence(sup=(STRONG,) * 4, labels=(20, 40, 60, 80))
    assert held.next_limit(50) == 75
    assert held.next_limit(100) == 150
    assert held.next_limit(150) is None
    assert held.next_limit(10) == 50  # from below the grid to its first


def test_the_next_limit_needs_labels_of_amounts_that_are_new() -> None:
    held = evidence(sup=(STRONG,) * 4, labels=(20, 29, 60, 80))
    assert held.next_limit(50) is None
    assert evidence(sup=(STRONG,) * 4, labels=(20, 30, 60, 80)).next_limit(50) == 75


def test_an_unsafe_limit_is_certified_as_rarely_as_promised() -> None:
    rng, unsafe = np.random.default_rng(8), 0
    for _ in range(120):
        found = DollarEvidence.begun(0.8, 4.0, (100,))
        for _ in range(10):
            harmed = rng.random(60) < 0.042  # 4.2 dollars a case
            week = [Label(0.9, bool(harm), 1.0, amount=100.0) for harm in harmed]
            found = found.added(week, 1.0)
        unsafe += bool(found.certified(0.1))
    assert binomtest(unsafe, 120, 0.1, alternative="greater").pvalue > 0.001
