"""Closes windows, each once: when they are over, late spans had their time, and runs have ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from analyzers.drift.windows import LATENESS, MATURITY, Closing, closing
from storage.drift_windows import DriftWindows, Lane, Pending

FIRST_DAY = date(1970, 1, 1)
# So many windows are counted in one statement at most; it is what bounds its memory.
DAYS_AT_ONCE = 31
HOURS_AT_ONCE = 168
# Of days that are closed, so many are held against what is stored, each time one more is closed.
RECONCILED = 3


@dataclass(frozen=True, slots=True)
class Closed:
    """How many windows of a lane were closed and skipped, and of how many the spans came late."""

    closed: int = 0
    skipped: int = 0
    corrected: int = 0


def close_days(
    windows: DriftWindows, lane: Lane, after: int, now: datetime, *, settled: bool = False
) -> Closed:
    """Days or hours after that number. settled: nothing more is going to come, so what is over is
    closed at once. Raises Unavailable."""
    closed: list[Pending] = []
    skipped = 0
    for between in _spans(lane, after, now):
        found = windows.pending(lane, after, between, now)
        over = [window for window in found if window.end <= between[1]]
        ready, given_up, waits = _decided(over, now, settled=settled)
        if given_up:
            windows.mark(lane, given_up, "skipped", now)
        if ready:
            windows.close(lane, ready, now)
        closed += ready
        skipped += len(given_up)
        after = max([after, *(window.number for window in ready + given_up)])
        if waits:
            break
    corrected = 0
    if closed and lane.name == "day":
        corrected = windows.correct(lane, windows.closed(lane, after - RECONCILED + 1))
    return Closed(len(closed), skipped, corrected)


def close_late(windows: DriftWindows, lane: Lane, days: Lane, after: int, now: datetime) -> Closed:
    """Days after that number whose outcomes are old enough by now. Raises Unavailable."""
    old = [
        window
        for window in windows.closed(days, after + 1)
        if now >= window.end + MATURITY + LATENESS
    ]
    for start in range(0, len(old), DAYS_AT_ONCE):
        windows.close(lane, old[start : start + DAYS_AT_ONCE], now)
    return Closed(len(old))


def number_at(lane: Lane, moment: datetime) -> int:
    """The number of the window in which a moment lies."""
    if lane.name == "hour":
        return int(moment.timestamp() // 3600)
    return (moment.astimezone(ZoneInfo(lane.zone)).date() - FIRST_DAY).days


def start_of(lane: Lane, number: int) -> datetime:
    """When a window begins."""
    if lane.name == "hour":
        return datetime.fromtimestamp(number * 3600, UTC)
    day: date = FIRST_DAY + timedelta(days=number)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(lane.zone)).astimezone(UTC)


def _spans(lane: Lane, after: int, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Times of whole windows that are over, in order, not too many in one."""
    step = HOURS_AT_ONCE if lane.name == "hour" else DAYS_AT_ONCE
    last = number_at(lane, now)
    for number in range(after + 1, last, step):
        yield start_of(lane, number), start_of(lane, min(number + step, last))


def _decided(
    found: list[Pending], now: datetime, *, settled: bool
) -> tuple[list[Pending], list[Pending], bool]:
    """Windows to close, those to skip, and whether one is still open, which holds up the others.

    What is stored long after it happened, as by `wakeline replay`, has its time from then on.
    """
    ready: list[Pending] = []
    given_up: list[Pending] = []
    for window in found:
        end = max(window.end, window.came_at)
        state = closing(end, now, window.ended / window.runs)
        if settled or state is Closing.CLOSED:
            ready.append(window)
        elif state is Closing.SKIPPED:
            given_up.append(window)
        else:
            return ready, given_up, True
    return ready, given_up, False
