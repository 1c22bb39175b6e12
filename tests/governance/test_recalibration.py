"""Does a calibration find where harm changes, and leave thresholds plain confidences?"""

import numpy as np
import pytest

from domain.errors import InvalidInput
from domain.tuning import Label
from governance.evidence import GRID
from governance.recalibration import Calibration, calibrated


def labels(of: dict[float, tuple[int, int]], pi: float | None = 1.0) -> list[Label]:
    """(harms, fine) by confidence."""
    return [
        Label(confidence, number < harms, pi)
        for confidence, (harms, fine) in of.items()
        for number in range(harms + fine)
    ]


def test_a_stretch_that_is_worse_than_what_lies_below_is_pooled_with_it() -> None:
    # At 0.93 the agent is sure and wrong: 20 % harm, 10 % below, none above.
    found = calibrated(labels({0.7: (10, 90), 0.93: (20, 80), 0.97: (0, 100)}))
    assert found.edges == (0.7, 0.97)
    assert found.risks == (0.15, 0.0)
    assert found.labels == 300


def test_only_edges_of_pools_and_the_loosest_are_worth_testing() -> None:
    found = calibrated(labels({0.7: (10, 90), 0.93: (20, 80), 0.97: (0, 100)}))
    assert found.grid() == (0.98, 0.7, 0.5)


def test_an_edge_above_all_thresholds_is_none() -> None:
    assert Calibration((0.4, 0.995), (0.1, 0.0), 10).grid((0.9, 0.5)) == (0.5,)


def test_the_risk_of_a_confidence_is_that_of_its_pool() -> None:
    found = Calibration((0.5, 0.8), (0.2, 0.1), 10)
    assert [found.risk(at) for at in (0.1, 0.5, 0.79, 0.8, 1.0)] == [0.2, 0.2, 0.2, 0.1, 0.1]


def test_labels_weigh_by_how_rarely_they_are_drawn() -> None:
    rare = labels({0.7: (1, 0)}, pi=0.1)
    common = labels({0.7: (0, 30)}, pi=1.0)
    by_hand = labels({0.7: (50, 0)}, pi=None)
    assert calibrated([*rare, *common, *by_hand]).risks == (0.25,)


def test_it_never_rises_with_confidence() -> None:
    rng = np.random.default_rng(4)
    made = [Label(float(c), bool(rng.random() < 0.3 * (1 - c)), 0.5) for c in rng.random(500)]
    risks = calibrated(made).risks
    assert list(risks) == sorted(risks, reverse=True)
    assert set(calibrated(made).grid()) <= set(GRID)


def test_nothing_is_calibrated_on_nothing() -> None:
    with pytest.raises(InvalidInput, match="needs labels"):
        calibrated(labels({0.7: (1, 0)}, pi=None))
