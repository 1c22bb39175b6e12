"""When a window is closed, what it is compared with, and which are merged for being too small.

A closed window is evaluated once. Evaluating it again when more arrives would be peeking.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain.drift import WindowCounts

LATENESS = timedelta(hours=2)
GIVEN_UP = timedelta(hours=24)
CLOSED_SHARE_MIN = 0.99
TRACES_MIN = 50
MERGED_MAX = 7
FULL_WEEK_BASELINE_DAYS = 14
MATURITY = timedelta(days=14)
SATURDAY = 5
BLOCK_HOURS = 6


class Closing(StrEnum):
    """What to do with a window now; skipped: it never counts, and the data are to blame."""

    OPEN = "open"
    CLOSED = "closed"
    SKIPPED = "skipped"


def closing(end: datetime, now: datetime, closed_share: float) -> Closing:
    """closed_share: of the traces that began in the window, those that have ended, 0 to 1."""
    if now >= end + LATENESS and closed_share >= CLOSED_SHARE_MIN:
        return Closing.CLOSED
    return Closing.SKIPPED if now >= end + GIVEN_UP else Closing.OPEN


def day_stratum(day: datetime, baseline_days: int) -> int:
    """The day of the week, from Monday 0; of a short baseline only weekday 0 or weekend 1."""
    if baseline_days > FULL_WEEK_BASELINE_DAYS:
        return day.weekday()
    return int(day.weekday() >= SATURDAY)


def hour_stratum(hour: datetime) -> int:
    """Weekday or weekend, by blocks of six hours: 0 to 7."""
    return 4 * int(hour.weekday() >= SATURDAY) + hour.hour // BLOCK_HOURS


def enough(window: WindowCounts, traces_min: int = TRACES_MIN) -> bool:
    """Whether it holds enough to be evaluated."""
    return window.traces >= traces_min


def merged(
    windows: Iterable[WindowCounts], traces_min: int = TRACES_MIN, most: int = MERGED_MAX
) -> Iterator[WindowCounts]:
    """Neighbours put together until there is enough, or `most` of them are; in order of time.

    What is still too small then comes out too, so that it can be said; ask `enough`. What is not
    full at the end is still open and does not come out.
    """
    waiting: list[WindowCounts] = []
    for window in windows:
        waiting.append(window)
        if sum(one.traces for one in waiting) >= traces_min or len(waiting) == most:
            yield _one(waiting)
            waiting = []


def _one(windows: Sequence[WindowCounts]) -> WindowCounts:
    """As one, under the number of the last; several days have no day of the week."""
    if len(windows) == 1:
        return windows[0]
    counts: Counter[str] = Counter()
    for window in windows:
        counts.update(window.counts)
    first, last = windows[0], windows[-1]
    traces = sum(window.traces for window in windows)
    return WindowCounts(last.number, first.start, last.end, 0, traces, dict(counts))


def mature(decided_until: datetime, now: datetime, maturity: timedelta = MATURITY) -> bool:
    """Whether the decisions of a window are old enough for their outcomes to be counted.

    Outcomes are counted at one age, else young windows would look better than old ones.
    """
    return now >= decided_until + maturity


def in_time(decided: datetime, outcome: datetime, maturity: timedelta = MATURITY) -> bool:
    """Whether an outcome counts: what came later is left out of old windows too."""
    return outcome <= decided + maturity
