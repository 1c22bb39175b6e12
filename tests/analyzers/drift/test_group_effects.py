"""Is the difference of two groups told in its natural unit, with an interval that has it?"""

from math import inf

import numpy as np
import pytest
from scipy import stats

from analyzers.drift.group_effects import between
from domain.drift import ChannelKind

RNG = np.random.default_rng(3)
NOTHING = np.array([])


def test_the_interval_is_that_of_welch() -> None:
    old, new = RNG.normal(0, 0.1, 30) ** 2, RNG.normal(0, 0.3, 20) ** 2
    said, equivalent = between(ChannelKind.MEAN, old, new, 0.05)
    expected = stats.ttest_ind(new, old, equal_var=False).confidence_interval(0.95)
    assert (said.low, said.high) == pytest.approx((expected.low, expected.high))
    assert said.shift == pytest.approx(new.mean() - old.mean())
    assert not equivalent


@pytest.mark.parametrize("skewed", [False, True])
def test_the_interval_has_the_difference_as_often_as_stated(skewed: bool) -> None:
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(400):
        noise = rng.exponential(1.0, 65) if skewed else rng.normal(1.0, 1.0, 65)
        old, new = noise[:40], 1.0 + noise[40:]
        said, _ = between(ChannelKind.MEAN, old, new, 0.1)
        held += said.low <= 1.0 <= said.high
    assert held / 400 >= 0.87


def test_a_ratio_is_told_as_after_by_before() -> None:
    old, new = np.log2([8.0, 16.0, 32.0] * 9), np.log2([16.0, 32.0, 64.0] * 9)
    said, equivalent = between(ChannelKind.RATIO, old, new, 0.05)
    assert (said.before, said.after, said.shift) == pytest.approx((16.0, 32.0, 2.0))
    assert 1.0 < said.low < 2.0 < said.high
    assert said.practical
    assert not equivalent
    assert said.sds == pytest.approx(1.2, abs=0.05)
    assert between(ChannelKind.RATIO, old, old, 0.5)[1] is False
    assert between(ChannelKind.RATIO, old[:1].repeat(9), old[:1].repeat(9), 0.05)[1]


def test_a_share_stays_within_what_a_share_can_be() -> None:
    said, equivalent = between(ChannelKind.SHARE, np.array([0.0, 0.1]), np.array([0.0, 0.9]), 0.05)
    assert (said.low, said.high) == (-0.05, 0.95)
    assert not said.practical
    assert not equivalent
    quiet = np.tile([0.500, 0.501], 50)
    assert between(ChannelKind.SHARE, quiet, quiet + 0.001, 0.05)[1]


@pytest.mark.parametrize("new", [NOTHING, np.array([0.5]), np.array([0.5, np.nan])])
def test_of_fewer_than_two_runs_nothing_is_excluded(new: np.ndarray) -> None:
    said, equivalent = between(ChannelKind.MEAN, np.array([0.1, 0.2, 0.3]), new, 0.05)
    assert (said.low, said.high) == (-inf, inf)
    assert not equivalent
    open_ratio, _ = between(ChannelKind.RATIO, np.array([1.0, 2.0]), new, 0.05)
    assert open_ratio.low < 1e-300
    assert open_ratio.high > 1e300
