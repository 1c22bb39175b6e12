"""Which windows are read alone, which together, and how is a stream taken up where it was left?"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan

import pytest

from analyzers.drift.follow import (
    MONTH_END,
    SEVERAL_DAYS,
    Followed,
    Pace,
    window_of,
    window_plain,
)
from analyzers.drift.plans import plan
from analyzers.drift.settings import HOURS
from domain.drift import State, WindowCounts
from tests.analyzers.drift.some_windows import MONDAY, START, days, stream, window

DAILY = Pace()


def followed() -> Followed:
    return Followed(stream("tools"), MONDAY, MONDAY - 1)


def test_a_large_day_is_read_at_once_under_its_weekday() -> None:
    one = followed()
    whole = one.take(window(2, {"a": 60}, 60), DAILY)
    assert whole is not None
    assert (whole.stratum, whole.traces, one.number) == (2, 60, MONDAY + 2)


def test_small_days_wait_for_their_neighbours_and_have_no_weekday() -> None:
    one = followed()
    assert one.take(window(0, {"a": 30}, 30), DAILY) is None
    assert one.state(DAILY) is State.TOO_FEW
    whole = one.take(window(1, {"a": 30}, 30), DAILY)
    assert whole is not None
    assert (whole.stratum, whole.traces, whole.number) == (SEVERAL_DAYS, 60, MONDAY + 1)
    assert one.waiting == []


def test_a_week_of_too_few_is_told_and_not_read() -> None:
    one = followed()
    assert [one.take(window(day, {"a": 3}, 3), DAILY) for day in range(7)] == [None] * 7
    assert one.state(DAILY) is State.TOO_FEW
    assert one.last is not None
    assert one.last.traces == 21


def test_windows_from_a_fresh_start_are_the_same_as_one_by_one() -> None:
    several = [window(day, {"a": size}, size) for day, size in enumerate([60, 20, 35, 7, 7, 90])]
    one = followed()
    taken = [whole for day in several if (whole := one.take(day, DAILY))]
    assert DAILY.merged(several) == taken


def test_hours_are_compared_by_the_clock_of_the_tenant() -> None:
    hourly = Pace(hours=True, zone="Asia/Tokyo", baseline_windows=168, merged_max=1)
    start = datetime(2025, 11, 7, 23, tzinfo=UTC)  # Saturday, 8 in the morning there
    hour = WindowCounts(489_000, start, start + timedelta(hours=1), 0, 60)
    assert hourly.stratum(hour) == 5
    assert hourly.settings == replace(HOURS, baseline_windows=168)


def test_a_quiet_hour_does_not_count_and_makes_no_stream_too_small() -> None:
    hourly = Pace(hours=True, baseline_windows=168, traces_min=20, merged_max=1)
    one = followed()
    assert one.take(window(0, {"a": 3}, 3), hourly) is None
    assert one.state(hourly) is State.TOO_FEW
    assert one.take(window(1, {"a": 30}, 30), hourly) is not None
    assert one.take(window(2, {"a": 3}, 3), hourly) is None
    assert one.state(hourly) is State.NOT_MONITORED


def test_a_short_baseline_knows_weekdays_and_weekends_only() -> None:
    short = Pace(baseline_windows=14)
    assert [short.stratum(window(day, {}, 60)) for day in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    assert short.settings.strata == SEVERAL_DAYS + 1


def test_ends_of_months_are_compared_with_each_other_if_that_is_wanted() -> None:
    ends = replace(DAILY, month_end_days=2)
    november = [ends.stratum(window(day, {"a": 60}, 60)) for day in range(25, 29)]
    assert november == [4, MONTH_END, MONTH_END, 0]  # Friday 28, then 29, 30 and Monday 1
    assert ends.settings.strata == DAILY.settings.strata + 1


def test_for_how_many_runs_there_are_a_few_are_enough() -> None:
    one = followed()
    few = window(0, {}, 2)
    whole = one.take(few, DAILY.of("volume"))
    assert whole == few
    assert DAILY.of("tools") == DAILY.of("of a later version") == DAILY


def test_the_long_day_when_clocks_are_put_back_is_one_day() -> None:
    long = replace(window(0, {}, 60), end=START + timedelta(hours=25))
    assert DAILY.stratum(long) == 0


def test_a_stream_comes_back_from_json() -> None:
    one = followed()
    one.plan = plan(one.stream, days(28, [0.5, 0.5]))
    one.left_out, one.restarts = [3], [9]
    again = followed()
    again.restore(json.loads(json.dumps(one.plain())))
    assert again.plan is not None
    assert again.plan.channels == one.plan.channels
    assert (again.left_out, again.restarts) == ([3], [9])
    blank = followed()
    blank.restore(json.loads(json.dumps(followed().plain())))
    assert blank.plan is None


def test_a_window_comes_back_from_json() -> None:
    known = window(4, {"a": 5}, 5)
    assert window_of(json.loads(json.dumps(window_plain(known)))) == known


def test_a_new_normal_forgets_all_but_the_name() -> None:
    one = followed()
    one.take(window(0, {"a": 60}, 60), DAILY)
    one.windows, one.evidence, one.alarm_id, one.told = 40, 99.0, "drift-1", True
    one.begin_epoch(MONDAY + 30)
    assert (one.epoch_start, one.number, one.windows, one.alarm_id) == (
        MONDAY + 30, MONDAY + 29, 0, "",
    )  # fmt: skip
    assert isnan(one.evidence)
    assert one.state(DAILY) is State.NOT_MONITORED


@pytest.mark.parametrize(("alarm", "state"), [("", State.NO_DRIFT), ("drift-1", State.DRIFT)])
def test_an_open_alarm_is_drift(alarm: str, state: State) -> None:
    one = followed()
    one.take(window(0, {"a": 60}, 60), DAILY)
    one.evidence, one.threshold, one.alarm_id = 2.0, 100.0, alarm
    assert one.state(DAILY) is state
    assert followed().state(DAILY) is State.TOO_FEW
