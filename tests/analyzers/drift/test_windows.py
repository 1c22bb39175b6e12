"""Are windows closed once, held against their like, and merged when they are too small?"""

from datetime import UTC, datetime, timedelta

import pytest

from analyzers.drift import windows
from analyzers.drift.windows import Closing
from domain.drift import WindowCounts

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "closed", "expected"),
    [
        (1.9, 1.0, Closing.OPEN),
        (2, 0.99, Closing.CLOSED),
        (3, 0.98, Closing.OPEN),
        (24, 0.98, Closing.SKIPPED),
        (24, 1.0, Closing.CLOSED),
    ],
)
def test_a_window_is_closed_when_nearly_all_has_ended(
    hours: float, closed: float, expected: Closing
) -> None:
    assert windows.closing(MONDAY, MONDAY + timedelta(hours=hours), closed) is expected


def test_days_are_held_against_the_same_weekday_or_in_a_short_baseline_against_workdays() -> None:
    week = [MONDAY + day * DAY for day in range(7)]
    assert [windows.day_stratum(day, 28) for day in week] == list(range(7))
    assert [windows.day_stratum(day, 14) for day in week] == [0] * 5 + [1] * 2


def test_hours_are_held_against_the_same_part_of_a_workday_or_weekend() -> None:
    hours = [MONDAY + timedelta(hours=hour) for hour in range(7 * 24)]
    strata = [windows.hour_stratum(hour) for hour in hours]
    assert set(strata) == set(range(8))
    assert strata[:24] == [0] * 6 + [1] * 6 + [2] * 6 + [3] * 6
    assert strata[-1] == 7


def day(number: int, traces: int) -> WindowCounts:
    """A day with as many calls of one tool."""
    start = MONDAY + number * DAY
    return WindowCounts(number, start, start + DAY, number % 7, traces, {"refund": traces})


def test_a_full_day_stays_what_it_is() -> None:
    days = [day(0, 50), day(1, 300)]
    assert list(windows.merged(days)) == days


def test_slow_days_are_put_together_until_there_is_enough() -> None:
    (one, two) = windows.merged([day(0, 20), day(1, 20), day(2, 20), day(3, 90), day(4, 10)])
    assert one == WindowCounts(2, MONDAY, MONDAY + 3 * DAY, 0, 60, {"refund": 60})
    assert two == day(3, 90)


def test_a_week_with_too_few_comes_out_as_such() -> None:
    (week,) = windows.merged(day(number, 2) for number in range(8))
    assert week.traces == 14
    assert week.number == 6
    assert not windows.enough(week)
    assert windows.enough(day(0, 50))


def test_outcomes_are_counted_at_one_age() -> None:
    assert not windows.mature(MONDAY, MONDAY + 13 * DAY)
    assert windows.mature(MONDAY, MONDAY + 14 * DAY)
    assert windows.in_time(MONDAY, MONDAY + 14 * DAY)
    assert not windows.in_time(MONDAY, MONDAY + 15 * DAY)
