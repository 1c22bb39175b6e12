"""Does a week begin on Monday at midnight where the tenant is, also where clocks change?"""

from datetime import UTC, datetime, timedelta

import pytest

from domain import weeks
from domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("week", "hours"), [(202612, 168), (202613, 167), (202643, 169), (202644, 168)]
)
def test_a_week_is_as_long_as_its_clocks_make_it(week: int, hours: int) -> None:
    begins, ends = weeks.bounds(week, "Europe/Paris")
    assert ends - begins == timedelta(hours=hours)
    assert weeks.bounds(weeks.moved(week, 1), "Europe/Paris")[0] == ends
    inside = (begins, ends - timedelta(microseconds=1))
    assert {weeks.week_of(at, "Europe/Paris") for at in inside} == {week}


def test_weeks_follow_one_another_over_the_years() -> None:
    found = weeks.week_of(datetime(2020, 1, 1, tzinfo=UTC))
    for _ in range(400):
        later = weeks.moved(found, 1)
        assert weeks.moved(later, -1) == found < later
        assert weeks.parsed(weeks.named(found)) == found
        found = later


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-W54", "2026-W00", "soon", "2026\uff1001", "0000-W01"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="week"):
        weeks.parsed(text)
