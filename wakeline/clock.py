"""Which moment is recorded: now, or the moment of a history that is being replayed."""

import time
from datetime import UTC, datetime, timedelta

from opentelemetry.context import Context, create_key, get_value, set_value

_KEY = create_key("wakeline-clock")


class Clock:
    """Runs at the speed of the real one, from a moment of its own."""

    def __init__(self, start_ns: int) -> None:
        self._ahead_ns = start_ns - time.time_ns()

    def now_ns(self) -> int:
        """ns since 1970 UTC."""
        return time.time_ns() + self._ahead_ns

    def move_to(self, moment_ns: int) -> None:
        """Go forward to `moment_ns`; never back."""
        self._ahead_ns = max(self._ahead_ns, moment_ns - time.time_ns())


def current() -> Clock | None:
    """The clock of the block around, if it has one of its own."""
    clock = get_value(_KEY)
    return clock if isinstance(clock, Clock) else None


def now_ns() -> int:
    """The moment that applies here, ns since 1970 UTC."""
    clock = current()
    return clock.now_ns() if clock else time.time_ns()


def started(at: datetime, context: Context) -> Context:
    """`context` with a clock that stands at `at` now."""
    return set_value(_KEY, Clock(nanoseconds(at)), context)


def nanoseconds(moment: datetime | int) -> int:
    """ns since 1970 UTC; a time without a zone is UTC, a number is taken as ns.

    >>> nanoseconds(datetime(1970, 1, 1, 0, 0, 1))
    1000000000
    """
    if isinstance(moment, int):
        return moment
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return duration_ns(aware - _EPOCH)


def duration_ns(duration: timedelta) -> int:
    """`duration` in ns."""
    return duration // timedelta(microseconds=1) * 1000


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
