"""Does a lane go on where it was, and does silence count where runs are counted?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analyzers.drift.follow import Pace
from analyzers.drift.metrics import METRICS, bin_ends
from app.drift_counts import before_after
from app.drift_lane import LaneReader
from domain.drift import Stream, WindowCounts
from tests.analyzers.drift.some_windows import MONDAY, days, stream, window

PACE = Pace(baseline_windows=14)
TOOLS, VOLUME = stream("tools"), stream("volume")
VALUES = stream("argument_values")
WINDOWS = days(20, [0.5, 0.3, 0.2])


class Kept:
    """Windows as they were closed."""

    def __init__(self, windows: Sequence[WindowCounts]) -> None:
        self._windows = windows

    def __call__(self, stream: Stream, first: int, last: int) -> Sequence[WindowCounts]:
        return [one for one in self._windows if first <= one.number <= last]

    def gather(self, streams: Sequence[Stream], first: int, last: int) -> None:
        """They are here already."""

    def forget(self) -> None:
        """There is nothing to give back."""


def reader(pace: Pace = PACE, windows: Sequence[WindowCounts] = WINDOWS) -> LaneReader:
    return LaneReader("acme", "day", pace, lambda streams: 1000.0, Kept(windows))


def test_days_that_are_compared_otherwise_begin_a_new_epoch() -> None:
    first = reader()
    for one in WINDOWS:
        first.read(one.number, {TOOLS: one})
    rows = first.rows()
    same, other = reader(), reader(replace(PACE, month_end_days=1))
    same.restore(first.rows())
    other.restore(first.rows())
    assert same.rows() == rows
    (begun,) = other.rows()
    assert (begun["epoch_start"], begun["windows"]) == (MONDAY + 20, 0)


def test_an_agent_that_is_silent_has_no_runs_and_that_is_read() -> None:
    runs = [window(day, {}, 200 + 5 * (day * 3 % 7)) for day in range(18)]
    lane = reader(windows=[*runs, window(21, {}, 210)])
    for one in runs:
        lane.read(one.number, {VOLUME: one, TOOLS: WINDOWS[0]})
    for day in (18, 19, 20):
        lane.read(MONDAY + day, {})
    lane.read(MONDAY + 21, {VOLUME: window(21, {}, 210)})
    said = [row for row in lane.readings if row["metric"] == "volume" and row["readings"]]
    read = [row["readings"][0] for row in said]
    assert read[17:20] == [-1.0] * 3
    assert len(read) == 21  # without the first day, of which nobody knows when it began
    assert lane.followed[VOLUME].empty == [MONDAY + day for day in (18, 19, 20)]
    (told,) = [one for row, one in lane.alarms.values() if row["metric"] == "volume"]
    assert not told.paged
    again = reader()
    again.restore(lane.rows())
    assert again.followed[VOLUME].empty == lane.followed[VOLUME].empty


def test_how_many_runs_there_are_is_not_followed_until_there_are_enough() -> None:
    lane = reader()
    lane.read(MONDAY, {VOLUME: window(0, {}, 7)})
    assert VOLUME not in lane.followed
    lane.read(MONDAY + 1, {VOLUME: window(1, {}, 70)})
    lane.read(MONDAY + 2, {VOLUME: window(2, {}, 7)})
    assert lane.followed[VOLUME].windows == 1


def test_a_tool_that_is_called_with_twice_as_much_pages_and_says_by_how_much() -> None:
    level = np.random.default_rng(4).binomial(600, 0.5, 40).tolist()
    paid = [
        window(day, {f"pay euro -> {24 + step + 8 * (day >= 28)}": number for step, number in
                     ((0, 200), (1, level[day]), (2, 600 - level[day]))}, 400)
        for day in range(40)
    ]  # fmt: skip
    lane = reader(windows=paid)
    for one in paid:
        lane.read(one.number, {VALUES: one})
    ((_, told),) = lane.alarms.values()
    assert told.paged
    assert told.change.window == MONDAY + 28
    assert 1.9 < told.effects["pay euro: level"].shift < 2.1
    found = before_after(VALUES, paid, paid[28].start)
    assert [(one.name, one.reference > 0, one.current > 0) for one in found.bins] == [
        (f"pay euro -> {number}", number < 32, number >= 32) for number in (24, 25, 26, 32, 33, 34)
    ]
    assert (found.bins[0].low, found.bins[0].high) == bin_ends(METRICS["latency"], 24)
