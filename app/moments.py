"""Points in time as they are told to people and machines; the store's times are UTC."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain import durations

Clock = Callable[[], datetime]
UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def now() -> datetime:
    """The clock of this machine."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """ISO 8601 with its offset.

    >>> iso(datetime(2026, 11, 23, 16, 30))
    '2026-11-23T16:30:00+00:00'
    """
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def of_generation(generation: int) -> str | None:
    """When what is numbered so was put in force: ns since 1970, 0 = never."""
    return iso(datetime.fromtimestamp(generation / 10**9, UTC)) if generation else None


def given(text: str, now: datetime) -> datetime:
    """What a person means by an ISO time, UTC unless it says otherwise, or by how long ago.

    Raises InvalidInput for neither.

    >>> given("2026-11-23", datetime(2026, 11, 24, tzinfo=UTC)).isoformat()
    '2026-11-23T00:00:00+00:00'
    >>> given("12h", datetime(2026, 11, 24, tzinfo=UTC)).isoformat()
    '2026-11-23T12:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now - timedelta(seconds=durations.seconds(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def ago(text: str, now: datetime) -> str:
    """How long before `now` an ISO 8601 time was, in its largest unit.

    >>> ago("2026-11-23T16:30:00+00:00", datetime(2026, 11, 23, 18, 45, tzinfo=UTC))
    '2 h ago'
    """
    return f"{duration((now - datetime.fromisoformat(text)).total_seconds())} ago"


def duration(seconds: float) -> str:
    """In its largest unit; the shorter, the finer.

    >>> duration(0.25), duration(5), duration(12.3), duration(90), duration(200_000)
    ('0.25 s', '5.0 s', '12 s', '1 min', '2 days')
    """
    if seconds < 10:
        return f"{max(seconds, 0.0):.{2 if seconds < 1 else 1}f} s"
    name, size = next((name, size) for name, size in UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {name}{'s' if name == 'day' and count > 1 else ''}"
