"""Do intervals contain the shift at any time, and is only what is large called large?"""

from math import inf

import numpy as np
import pytest

from analyzers.drift import effects
from analyzers.drift.arrays import Floats
from analyzers.drift.change_point import log_factors, steps
from analyzers.drift.channels import share
from domain.drift import Change, ChannelKind

WEEK = np.arange(60) % 7
AT = Change(40, (40,), 1.0)


def moved(before: float, after: float, sd: float = 0.01) -> Floats:
    """Sixty windows that go from one level to the other at 40."""
    noise = sd * np.random.default_rng(1).normal(size=60)
    return np.where(np.arange(60) >= 40, after, before) + noise


def shares(before: float, after: float, traces: int = 20_000) -> Floats:
    """The same of shares."""
    rng = np.random.default_rng(2)
    chances = np.where(np.arange(60) >= 40, after, before)
    return share(rng.binomial(traces, chances), np.full(60, traces))


def test_the_limit_is_where_the_evidence_is_what_was_asked_for() -> None:
    x = np.random.default_rng(3).normal(size=(30, 1))
    fits = steps(x, np.zeros(30, np.intp))
    limit = effects.t_limit(float(fits.weight[14]), fits.freedom)
    scaled = np.full_like(fits.rss, fits.freedom)
    at_limit = type(fits)(
        fits.weight,
        np.full_like(fits.shift, limit / np.sqrt(fits.weight[14])),
        scaled,
        fits.freedom,
    )
    assert log_factors(at_limit, (1.0,))[14, 0] == pytest.approx(np.log(10))


def test_of_too_few_windows_only_the_direction_is_told() -> None:
    assert effects.t_limit(0.5, 3) == inf
    x = np.array([0.0, 0.1, -0.1, 0.05, 5.0])
    found = effects.effect(ChannelKind.MEAN, x, np.zeros(5, np.intp), Change(4, (4,), 1.0))
    assert found.low == -inf
    assert found.high == inf
    assert not found.practical
    assert found.sds > 1
    ratio = effects.effect(ChannelKind.RATIO, x, np.zeros(5, np.intp), Change(4, (4,), 1.0))
    assert ratio.low == 0
    assert ratio.high == inf
    assert not ratio.practical
    part = effects.effect(ChannelKind.SHARE, x, np.zeros(5, np.intp), Change(4, (4,), 1.0))
    assert -1 <= part.low < part.high <= 1
    assert not part.practical


def test_looking_every_day_the_interval_misses_the_shift_no_more_often_than_stated() -> None:
    rng = np.random.default_rng(4)
    missed = 0
    for _ in range(120):
        x = rng.normal(size=60)
        x[40:] += 1.5
        strata = np.zeros(60, np.intp)
        for until in range(43, 61, 3):
            low, high, _ = effects.interval(x[:until], strata[:until], np.array([40]))
            if not low[0] <= 1.5 <= high[0]:
                missed += 1
                break
    assert missed / 120 <= 0.10


def test_a_share_is_told_in_points() -> None:
    found = effects.effect(ChannelKind.SHARE, shares(0.30, 0.36), WEEK, AT)
    assert found.before == pytest.approx(0.30, abs=0.005)
    assert found.shift == pytest.approx(0.06, abs=0.01)
    assert found.after == pytest.approx(found.before + found.shift)
    assert found.low <= 0.06 <= found.high
    assert found.practical


@pytest.mark.parametrize(
    ("kind", "before", "after", "practical"),
    [
        (ChannelKind.SHARE, 0.30, 0.31, False),
        (ChannelKind.SHARE, 0.30, 0.24, True),
        (ChannelKind.SHARE, 0.03, 0.045, True),  # 20 % of a small share are enough
        (ChannelKind.RARE_SHARE, 0.01, 0.012, False),
        (ChannelKind.RARE_SHARE, 0.01, 0.03, True),
    ],
)
def test_only_a_shift_of_practical_size_pages(
    kind: ChannelKind, before: float, after: float, practical: bool
) -> None:
    assert effects.effect(kind, shares(before, after), WEEK, AT).practical is practical


def test_what_takes_longer_is_told_as_a_ratio() -> None:
    found = effects.effect(ChannelKind.RATIO, moved(8.0, 9.0), WEEK, AT)
    assert found.before == pytest.approx(256, rel=0.01)
    assert found.after == pytest.approx(512, rel=0.01)
    assert found.low <= 2.0 <= found.high
    assert found.practical
    assert not effects.effect(ChannelKind.RATIO, moved(8.0, 9.0), WEEK, AT, epsilon=2.5).practical
    assert effects.effect(ChannelKind.RATIO, moved(9.0, 8.0), WEEK, AT).practical


def test_a_mean_is_told_in_its_own_unit_and_a_shape_in_sds() -> None:
    mean = effects.effect(ChannelKind.MEAN, moved(0.8, 0.7), WEEK, AT)
    assert mean.shift == pytest.approx(-0.1, abs=0.01)
    assert mean.practical
    assert mean.sds < -5
    shape = effects.effect(ChannelKind.SHAPE, moved(0.8, 0.83), WEEK, AT)
    assert shape.before == 0
    assert shape.shift == pytest.approx(shape.sds)
    assert shape.practical


def test_the_interval_covers_every_window_that_may_have_been_the_first() -> None:
    x = moved(0.0, 0.05)
    sure = effects.effect(ChannelKind.MEAN, x, WEEK, AT)
    unsure = effects.effect(ChannelKind.MEAN, x, WEEK, Change(40, (37, 40, 44), 0.95))
    assert unsure.low <= sure.low
    assert unsure.high >= sure.high
    assert unsure.shift == sure.shift


def test_the_level_before_counts_each_weekday_by_how_often_it_comes() -> None:
    strata = np.array([0] * 6 + [1] * 2 + [0, 1] * 6)
    x = np.where(strata == 1, 10.0, 0.0) + 0.001 * np.random.default_rng(5).normal(size=20)
    found = effects.effect(ChannelKind.MEAN, x, strata, Change(8, (8,), 1.0))
    assert found.before == pytest.approx(10 * 8 / 20, abs=0.01)


def test_quantiles_lie_within_their_bin() -> None:
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    counts = np.array([0, 4, 4])
    assert effects.quantile(counts, edges, 0.0) == pytest.approx(1.0)
    assert effects.quantile(counts, edges, 0.5) == 2.0
    assert effects.quantile(counts, edges, 0.75) == 3.0
    assert effects.quantile(counts, edges, 1.0) == 4.0


def test_distances_are_those_that_others_show() -> None:
    same = np.array([3, 5, 2])
    assert effects.js_distance(same, same * 10) == pytest.approx(0)
    assert effects.js_distance(np.array([1, 1]), np.array([1, 0])) == pytest.approx(
        0.5579, abs=1e-4
    )
    values = np.array([0.0, 1.0, 2.0])
    away = effects.wasserstein_sds(np.array([1, 0, 1]), np.array([0, 0, 2]), values)
    assert away == pytest.approx(1.0)
