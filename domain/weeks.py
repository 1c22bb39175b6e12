"""Weeks that begin on Monday at midnight where a tenant is; a week is ISO year x 100 + ISO week."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.errors import InvalidInput

SEVEN_DAYS = timedelta(days=7)
YEARS = (1970, 2200)


def week_of(at: datetime, zone: str = "UTC") -> int:
    """The week that a moment lies in.

    >>> week_of(datetime(2026, 1, 4, 23, tzinfo=UTC))
    202601
    >>> week_of(datetime(2026, 1, 4, 23, tzinfo=UTC), "Europe/Paris")
    202602
    """
    year, week, _ = at.astimezone(ZoneInfo(zone)).isocalendar()
    return year * 100 + week


def bounds(week: int, zone: str = "UTC") -> tuple[datetime, datetime]:
    """When a week begins and ends, half-open, in UTC. Raises InvalidInput for one no year has.

    >>> [at.isoformat() for at in bounds(202614, "Europe/Paris")]
    ['2026-03-29T22:00:00+00:00', '2026-04-05T22:00:00+00:00']
    """
    monday = _monday(week)
    return _midnight(monday, zone), _midnight(monday + SEVEN_DAYS, zone)


def moved(week: int, by: int) -> int:
    """So many weeks later, or earlier with less than 0.

    >>> moved(202653, 1), moved(202701, -1)
    (202701, 202653)
    """
    year, number, _ = (_monday(week) + by * SEVEN_DAYS).isocalendar()
    return year * 100 + number


def named(week: int) -> str:
    """As people write it (ISO 8601).

    >>> named(202601)
    '2026-W01'
    """
    return f"{week // 100}-W{week % 100:02d}"


def parsed(text: str) -> int:
    """From 2026-W04 or 202604. Raises InvalidInput.

    >>> parsed("2026-W04"), parsed("202604")
    (202604, 202604)
    """
    digits = text.replace("-W", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        raise InvalidInput(f"week: as 2026-W04, not {text}")
    _monday(int(digits))
    return int(digits)


def subject(week: int) -> str:
    """How the record of changes calls the review of a week.

    >>> subject(202601)
    'week 2026-W01'
    """
    return f"week {named(week)}"


def _monday(week: int) -> date:
    try:
        if not YEARS[0] <= week // 100 <= YEARS[1]:
            raise ValueError(week)
        return date.fromisocalendar(week // 100, week % 100, 1)
    except ValueError as error:
        raise InvalidInput(
            f"week: ISO year x 100 + ISO week, such as 202604: not {week}"
        ) from error


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
