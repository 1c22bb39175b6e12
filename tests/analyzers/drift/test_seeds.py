"""Can anybody draw the same chance again, and is it chance?"""

import numpy as np
import pytest
from scipy import stats

from analyzers.drift.seeds import keys, rows_of_uniforms, uniforms

NAMES = [("acme", "billing", "tools", str(number)) for number in range(4000)]


def test_the_numbers_follow_from_names_and_window_alone() -> None:
    known = keys([("acme", "billing", "tools", "refund")])
    assert known.tolist() == [11287905536770807350]
    assert uniforms(known, 20_000).tolist() == [0.1191340333723177]
    assert uniforms(known, -1).tolist() != uniforms(known, 1).tolist()


def test_order_and_company_change_nothing() -> None:
    together = uniforms(keys(NAMES), 7)
    assert uniforms(keys(NAMES[::-1]), 7).tolist() == together.tolist()[::-1]
    assert uniforms(keys(NAMES[5:6]), 7).tolist() == [together[5]]


def test_several_windows_at_once_are_the_same() -> None:
    known = keys(NAMES[:9])
    rows = rows_of_uniforms(known, range(-1, 4))
    assert rows.tolist() == [uniforms(known, window).tolist() for window in range(-1, 4)]


@pytest.mark.parametrize("window", [0, 1, 20_000])
def test_channels_of_a_window_and_windows_of_a_channel_are_uniform_and_independent(
    window: int,
) -> None:
    known = keys(NAMES)
    drawn, later = uniforms(known, window), uniforms(known, window + 1)
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    assert abs(float(np.corrcoef(drawn, later)[0, 1])) < 3 / np.sqrt(len(NAMES))
    assert drawn.min() > 0
    assert drawn.max() < 1
    over_time = np.array([uniforms(known[:1], window)[0] for window in range(2000)])
    assert stats.kstest(over_time, "uniform").pvalue > 0.01
    assert abs(float(np.corrcoef(over_time[1:], over_time[:-1])[0, 1])) < 3 / np.sqrt(2000)


def test_names_are_told_apart_wherever_they_are_divided() -> None:
    one, other = keys([("a", "bc"), ("ab", "c")]).tolist()
    assert one != other
